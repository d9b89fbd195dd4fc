#!/usr/bin/env python3
"""Line coverage by tests and corpus: runs them in a build of the preset `coverage`, prints a table by folder of src/, and
fails where a folder that reads untrusted bytes is under 90 %.

usage: coverage.py BUILD [--lines FOLDER]
--lines decode lists the lines of src/decode that nothing has reached. FLOWSIFT_DATA adds the corpus, each capture with a
mutant; without it the tests alone count.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[1]
HELD_TO = {'decode': 90.0, 'capture': 90.0}  # Per cent.
TESTS = r'^(capture|decode|e2e)\.'
PROGRAMS = ['tests/capture_test', 'tests/decode_test', 'tests/corpus_driver', 'flowsift']


def run_everything(build, profiles):
    shutil.rmtree(profiles, ignore_errors=True)
    # Processes of one program share four files: there are hundreds of processes.
    environment = dict(os.environ, LLVM_PROFILE_FILE=str(profiles / '%4m.profraw'))
    jobs = str(os.cpu_count())
    subprocess.run(['ctest', '--test-dir', str(build), '-R', TESTS, '--parallel', jobs, '--output-on-failure', '--quiet'],
                   env=environment, check=True)
    sweep = subprocess.run([SOURCE / 'tests' / 'corpus_sweep.py', build / 'tests' / 'corpus_driver', '--mutants', '1'],
                           env=environment, check=False)
    if sweep.returncode not in (0, 77):
        sys.exit('coverage: the corpus sweep failed')


def llvm_cov(build, profiles, *options, sources=()):
    objects = [part for name in PROGRAMS for part in ('--object', str(build / name))]
    command = ['llvm-cov', *options, f'--instr-profile={profiles / "all.profdata"}', *objects[1:], *map(str, sources)]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def folder_of(filename):
    """'decode' for a file of src/decode, else None."""
    parts = pathlib.Path(filename).relative_to(SOURCE).parts if filename.startswith(f'{SOURCE}/') else ()
    return parts[1] if len(parts) > 2 and parts[0] == 'src' else None


def table(build, profiles):
    report = json.loads(llvm_cov(build, profiles, 'export', '--summary-only'))
    lines = collections.defaultdict(lambda: [0, 0])
    for file in report['data'][0]['files']:
        if folder := folder_of(file['filename']):
            lines[folder][0] += file['summary']['lines']['covered']
            lines[folder][1] += file['summary']['lines']['count']
    return {folder: (covered, count, 100 * covered / max(count, 1)) for folder, (covered, count) in sorted(lines.items())}


def print_missed(build, profiles, folder):
    files = sorted((SOURCE / 'src' / folder).glob('*'))
    text = llvm_cov(build, profiles, 'show', '--show-instantiations=false', sources=files)
    for line in text.splitlines():
        cells = line.split('|', 2)
        if line.startswith('/') or (len(cells) == 3 and cells[1].strip() == '0'):
            print(line.rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('--lines', metavar='FOLDER')
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    profiles = build / 'profiles'
    if arguments.lines:
        print_missed(build, profiles, arguments.lines)
        return
    run_everything(build, profiles)
    subprocess.run(['llvm-profdata', 'merge', '--sparse', '-o', str(profiles / 'all.profdata'),
                    *map(str, profiles.glob('*.profraw'))], check=True)
    print(f'{"folder":<12}{"lines":>8}{"reached":>10}{"%":>8}')
    low = []
    for folder, (covered, count, share) in table(build, profiles).items():
        wanted = HELD_TO.get(folder)
        print(f'{folder:<12}{count:>8}{covered:>10}{share:>8.1f}' + (f'   at least {wanted:.0f}' if wanted else ''))
        if wanted and share < wanted:
            low.append(folder)
    if low:
        sys.exit(f'coverage: too low: {", ".join(low)}; tests/coverage.py {arguments.build} --lines {low[0]} shows where')


if __name__ == '__main__':
    main()
