#!/bin/sh
# pre-trigger: before the disks and the network cards come, so that it is open while the boot waits for them.
/usr/lib/inki/rescue/door start
