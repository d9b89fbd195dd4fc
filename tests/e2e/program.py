"""Runs the real program for the end-to-end tests. FLOWSIFT_PROGRAM names it; ctest sets that."""
import csv
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get('FLOWSIFT_PROGRAM', 'build/release/flowsift')
SOURCE = pathlib.Path(__file__).resolve().parents[2]
RECORDINGS = SOURCE / 'lab' / 'recordings'
COMMANDS = ['flows', 'label', 'train', 'evaluate', 'classify', 'watch', 'serve', 'alerts', 'feedback', 'adapt', 'config',
            'interfaces', 'model', 'features', 'bench']


def flowsift(*arguments, stdin=None):
    """Run to the end. Text output; a sanitizer's report or a signal fails the test that looks at returncode."""
    environment = dict(os.environ, NO_COLOR='1', LC_ALL='C.UTF-8')
    return subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, text=stdin is None or
                          isinstance(stdin, str), timeout=280, env=environment, check=False)


def rows_of(path):
    with open(path, newline='', encoding='utf-8') as file:
        return list(csv.DictReader(file))


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own that is gone afterwards."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix='flowsift-test-')
        self.folder = pathlib.Path(self._folder.name)

    def tearDown(self):
        self._folder.cleanup()

    def succeed(self, *arguments, stdin=None):
        run = flowsift(*arguments, stdin=stdin)
        self.assertEqual(run.returncode, 0, f'{arguments}\n{run.stdout}\n{run.stderr}')
        return run

    def fail_with(self, code, fragment, *arguments):
        """The exit code, and one clear message on standard error that holds the fragment."""
        run = flowsift(*arguments)
        self.assertEqual(run.returncode, code, f'{arguments}\n{run.stdout}\n{run.stderr}')
        self.assertIn(fragment, run.stderr)
        self.assertNotIn('unexpected fault', run.stderr)
        return run
