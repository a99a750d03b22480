"""Compares the verdicts of a run with expected.json and fails on any difference (CPython 2.7).

compare.py TABLE COLUMN INDEX [--record]: INDEX is the index.json that wstest wrote, COLUMN the kind
of run ("server", "server deflate", "client", "client deflate", "realtime-server"). --record writes the table instead.
"""
from __future__ import print_function

import collections
import io
import json
import sys

table_path, column, index_path = sys.argv[1:4]
with io.open(index_path) as file:
    (cases,) = json.load(file).values()
with io.open(table_path) as file:
    table = json.load(file)


def verdict(case):
    """One word where the messages and the closing deserve the same."""
    words = [case["behavior"], case["behaviorClose"]]
    return words[0] if words[0] == words[1] else "/".join(words)


def number(case):
    return [int(part) for part in case.split(".")]


verdicts = {case: verdict(result) for case, result in cases.items()}
totals = collections.Counter(result["behavior"] for result in cases.values())
print(column + ":", ", ".join("%s %d" % pair for pair in sorted(totals.items())))

if "--record" in sys.argv:
    for case, word in verdicts.items():
        table.setdefault(case, {})[column] = word
    rows = [
        "  %s: %s" % (json.dumps(case), json.dumps(table[case], sort_keys=True))
        for case in sorted(table, key=number)
    ]
    with io.open(table_path, "w") as file:
        file.write(u"{\n%s\n}\n" % ",\n".join(rows))
    sys.exit()

differ = False
for case in sorted(verdicts, key=number):
    expected = table.get(case, {}).get(column, "no verdict")
    if verdicts[case] != expected:
        differ = True
        print("case %s: %s, expected %s" % (case, verdicts[case], expected))
sys.exit(differ)
