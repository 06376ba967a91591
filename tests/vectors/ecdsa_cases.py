"""ECDSA signatures for the arithmetic of points: random ones, and those in which points meet that are the same, or each other's
negatives, or at infinity; with what must be said of each, by their construction.

Usage: ecdsa_cases.py COUNT SEED    writes so many random ones of each curve, and all others, a line each: curve point digest r s good
"""

import random
import sys

from cryptography.hazmat.primitives.asymmetric import ec

# The names of enum ecdsa_curve, the library's, and the field's prime, the order, a and b (SP 800-186, RFC 5639).
CURVES = {
    "P-256": (ec.SECP256R1, 2**256 - 2**224 + 2**192 + 2**96 - 1, 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
              -3, 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b),
    "P-384": (ec.SECP384R1, 2**384 - 2**128 - 2**96 + 2**32 - 1,
              0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973, -3,
              0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef),
    "P-521": (ec.SECP521R1, 2**521 - 1,
              2**521 - 657877501894328237357444332315020117536923257219387276263472201219398408051703, -3,
              0x051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00),
    "brainpoolP256r1": (ec.BrainpoolP256R1, 0xa9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377,
                        0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7,
                        0x7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9,
                        0x26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6),
    "brainpoolP384r1": (ec.BrainpoolP384R1, 0x8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53,
                        0x8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565,
                        0x7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826,
                        0x04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11),
    "brainpoolP512r1": (ec.BrainpoolP512R1,
                        0xaadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3,
                        0xaadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069,
                        0x7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca,
                        0x3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723),
}


class Curve:
    def __init__(self, name):
        self.name = name
        self.library, self.p, self.n, self.a, self.b = CURVES[name]
        self.size = (self.p.bit_length() + 7) // 8

    def multiple(self, factor):
        """factor times the base point."""
        numbers = ec.derive_private_key(factor % self.n, self.library()).public_key().public_numbers()
        return numbers.x, numbers.y

    def add(self, one, other):
        """Two points that are neither the same nor each other's negatives."""
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, self.p) % self.p
        x = (slope * slope - one[0] - other[0]) % self.p
        return x, (slope * (one[0] - x) - one[1]) % self.p

    def times(self, factor, point):
        """By the plain rule, for a point of which nobody knows what multiple of the base point it is."""
        result = None
        for bit in bin(factor % self.n)[2:]:
            if result:
                slope = (3 * result[0] ** 2 + self.a) * pow(2 * result[1], -1, self.p) % self.p
                x = (slope * slope - 2 * result[0]) % self.p
                result = x, (slope * (result[0] - x) - result[1]) % self.p
            if bit == "1":
                result = self.add(result, point) if result else point
        return result

    def line(self, point, e, r, s, good):
        key = "04" + "".join(f"{number:0{2 * self.size}x}" for number in point)
        digest = f"{e:0{2 * min(self.size, 64)}x}"
        numbers = (f"{number:x}" for number in (r, s))
        return " ".join([self.name, key, digest, *("0" * (len(each) % 2) + each for each in numbers), "good" if good else "bad"])

    def signature(self, d, k, e):
        """(r, s) of the digest e with the secret d and the nonce k."""
        r = self.multiple(k)[0] % self.n
        return r, pow(k, -1, self.n) * (e + r * d) % self.n

    def variants(self, d, k, e, r, s):
        """A signature, and its neighbours."""
        point, n = self.multiple(d), self.n
        yield self.line(point, e, r, s, s != 0)
        yield self.line(point, e, r, (n - s) % n, s != 0)
        for wrong in ((r, s + n), (r + n, s), (r, s ^ 1), (r ^ 1, s), (s, r), (0, s), (r, 0), (n, s), (r, n)):
            if wrong != (r, s):
                yield self.line(point, e, *wrong, False)

    def digests(self, rng):
        """Those of all sizes that a digest can have: above the order, too."""
        top = 2 ** (8 * min(self.size, 64)) - 1
        return 0, 1, 2, top, top - 1, min(self.n - 1, top), min(self.n, top), min(self.n + 1, top), rng.randrange(top)

    def meeting(self, rng):
        """Small multiples of the base point on all sides, so that sums of the same and of opposite points come up on the way."""
        for d, k in ((1, 1), (1, 2), (-1, 1), (2, 1), (2, -1), (3, 4), (-2, 3), (15, 16), (-16, 15), (7, rng.randrange(1, self.n))):
            for e in self.digests(rng):
                r, s = self.signature(d % self.n, k % self.n, e)
                yield self.line(self.multiple(d), e, r, s, s != 0)
        top = 2 ** (8 * min(self.size, 64))
        for d in (1, 2, self.n - 1, rng.randrange(1, self.n)):
            for r in (1, 2, 3, rng.randrange(1, top // 2 // 2 ** 16)):
                for e in (-r * d % self.n, r * d % self.n):  # the sum is infinity whatever s is, or both halves are the same
                    if e < top:
                        yield self.line(self.multiple(d), e, r, rng.randrange(1, self.n), False)
        for d, k in ((1, 3), (5, 7), (rng.randrange(1, self.n), rng.randrange(1, self.n))):
            r = self.multiple(k)[0] % self.n
            e = r * d % self.n
            if e < top:
                yield self.line(self.multiple(d), e, r, pow(k, -1, self.n) * 2 * e % self.n, True)

    def wrapping(self, rng):
        """An x that is not below the order, which signs as x - n; and one that is where x - n would be another's."""
        if self.n > self.p:
            return
        while True:
            small = rng.randrange(1, self.p - self.n)
            x = self.n + small
            square = (x ** 3 + self.a * x + self.b) % self.p
            y = pow(square, (self.p + 1) // 4, self.p)
            if y * y % self.p == square:
                break
        e, s = rng.randrange(2 ** (8 * min(self.size, 64))), rng.randrange(1, self.n)
        inverse = pow(small, -1, self.n)
        key = self.add(self.times(s * inverse, (x, y)), self.multiple(-e * inverse))
        yield self.line(key, e, small, s, True)
        yield self.line(key, e, small + self.n, s, False)
        yield self.line(key, e, small + 1, s, False)

    def bad_points(self):
        x, y = self.multiple(7)
        r, s = self.signature(7, 9, 5)
        for point in ((x, y + 1), (x, self.p - y), (0, 0), (self.p, y), (x + 1, y), (y, x), (0, y), (x, 0), (self.p - x, y)):
            yield self.line(point, 5, r, s, False)
        if x + self.p < 2 ** (8 * self.size):
            yield self.line((x + self.p, y), 5, r, s, False)

    def random(self, rng, count):
        for _ in range(count):
            d, k = rng.randrange(1, self.n), rng.randrange(1, self.n)
            e = rng.choice([rng.randrange(2 ** (8 * min(self.size, 64))), *self.digests(rng)])
            lines = list(self.variants(d, k, e, *self.signature(d, k, e)))
            yield from lines[:1]
            yield rng.choice(lines[1:])


def cases(count, seed=1):
    rng = random.Random(seed)
    for name in CURVES:
        curve = Curve(name)
        d, k = rng.randrange(1, curve.n), rng.randrange(1, curve.n)
        yield from curve.variants(d, k, 12345, *curve.signature(d, k, 12345))
        for part in (curve.meeting(rng), curve.wrapping(rng), curve.bad_points(), curve.random(rng, count)):
            yield from part


if __name__ == "__main__":
    sys.stdout.writelines(line + "\n" for line in cases(*map(int, sys.argv[1:])))
