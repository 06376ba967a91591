"""What the tests have in common: the peers and their keys, made when they are first asked for."""

import peers
import pytest


class World:
    def __init__(self):
        self.running, self.keys = {}, {}

    def peer(self, name):
        if name not in self.running:
            self.running[name] = peers.ALL[name]()
        return self.running[name]

    def keys_of(self, name):
        if name not in self.keys:
            self.keys[name] = dict(self.peer(name).generate())
        return self.keys[name]

    def close(self):
        for peer in self.running.values():
            peer.close()


@pytest.fixture(scope="session", name="world")
def fixture_world():
    world = World()
    yield world
    world.close()
