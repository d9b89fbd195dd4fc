"""Validate every line of an EVE file against Suricata's schema.

usage: validate_eve.py SCHEMA.json EVENTS.json; exit status 0 valid, 1 invalid (with reasons), 77 python3-jsonschema is missing
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)

with open(sys.argv[1], encoding='utf-8') as file:
    validator = jsonschema.Draft202012Validator(json.load(file))
faults = lines = 0
with open(sys.argv[2], encoding='utf-8') as file:
    for lines, line in enumerate(file, 1):
        for fault in validator.iter_errors(json.loads(line)):
            faults += 1
            print(f'line {lines}: {"/".join(map(str, fault.path))}: {fault.message}')
print(f'{lines} events, {faults} faults')
sys.exit(bool(faults or not lines))
