#!/bin/sh
# Where "inki key list", "inki events" and "inki explain" find the server.
export INKI_SERVER=unix:/tmp/run/inki/inki.sock
