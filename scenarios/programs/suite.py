#!/usr/bin/env python3
"""A test suite that several processes share out, as pytest -n does. suite.py PROCESSES SECONDS"""
import multiprocessing, sys, time, unittest


class Case(unittest.TestCase):
    def test_primes(self):
        end = time.time() + float(sys.argv[2])
        while time.time() < end:
            self.assertEqual(25, sum(all(n % d for d in range(2, n)) for n in range(2, 100)))


def run(number):
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(Case))
    return len(result.failures)


if __name__ == "__main__":
    with multiprocessing.Pool(int(sys.argv[1])) as pool:
        sys.exit(sum(pool.map(run, range(int(sys.argv[1]) * 2))))
