#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our JSON reader against Python's, made strict, over many mutated texts: json_differential.py JSON-DUMP CORPUS... [-n TEXTS] [-s SEED]

Both must refuse the same texts and make the same of the others: structure, order, every string's bytes, every number's bits.
What counts as agreement:
- a key given twice is valid, and both keep both (what it means is decided above: an event is rejected);
- a number of any size or length is valid and becomes the nearest double, infinity included;
- more than 16 containers inside each other are refused: ours does, Python's answer is counted;
- half a surrogate pair, escaped, is refused: ours does, Python's string is looked through;
- NaN and Infinity, a byte order mark and invalid UTF-8 are refused (Python is told so by hooks and by decoding first).
"""
import argparse
import json
import pathlib
import random
import struct
import subprocess
import sys

MAX_DEPTH = 16
BATCH = 2000
TOKENS = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b"\\ud83d", b"\\ude00", b"\\u0000", b"-", b"+", b".", b"e", b"E", b"0", b"1",
          b"9007199254740993", b"1e400", b"true", b"false", b"null", b"NaN", b"Infinity", b" ", b"\t", b"\n", b"\r", b"\f", b"\0", b"\x1f", b"\x7f",
          b"\xc2\x80", b"\xe2\x82\xac", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\xff", b"\xef\xbb\xbf", b"//", b"'",
          b'"a":1', b'{"a":[]}', b"[[[[[[[[", b"]]]]]]]]", b"0.1", b"-0", b"1E-7", b"123456789012345678901234567890"]


class Refused(Exception):
    pass


def refuse(_text):
    raise Refused


class Pairs(list):
    """An object with its members in order, repeated keys too."""


def dump(value, depth, out):
    if isinstance(value, (Pairs, list)):
        if depth == MAX_DEPTH:
            raise Refused
        is_object = isinstance(value, Pairs)
        out.append("{" if is_object else "[")
        for item in value:
            if is_object:
                out.append(":" + item[0].encode("utf-8").hex())
                item = item[1]
            dump(item, depth + 1, out)
        out.append("}" if is_object else "]")
    elif isinstance(value, str):
        out.append('"' + value.encode("utf-8").hex())
    elif isinstance(value, float):
        out.append("#" + struct.pack(">d", value).hex())
    else:
        out.append({True: "t", False: "f", None: "n"}[value])


def expected(text):
    out = []
    try:
        value = json.loads(text.decode("utf-8"), parse_int=float, parse_float=float, parse_constant=refuse, object_pairs_hook=Pairs)
        dump(value, 0, out)
    except (ValueError, Refused, RecursionError):  # UnicodeError is a ValueError: half a surrogate pair, bad UTF-8
        return "refused"
    return "".join(out)


def mutate(rng, seeds):
    text = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 6))):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(6)
        if kind <= 1:
            text[at:at] = rng.choice(TOKENS)
        elif kind == 2:
            del text[at:at + rng.randrange(1, 4)]
        elif kind == 3 and text:
            text[min(at, len(text) - 1)] = rng.randrange(256)
        elif kind == 4:
            text[at:at] = text[rng.randrange(len(text) + 1):][:rng.randrange(1, 20)]
        else:
            text[at:at + 1] = rng.choice(TOKENS)
    return bytes(text)


def compare(program, texts):
    stream = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    answers = subprocess.run([program], input=stream, capture_output=True, check=True).stdout.decode().splitlines()
    assert len(answers) == len(texts), "an answer is missing"
    accepted = 0
    for text, ours in zip(texts, answers):
        theirs = expected(text)
        accepted += theirs != "refused"
        if ours != theirs:
            sys.exit(f"disagreement on {text!r}:\n ours  {ours}\n theirs {theirs}")
    return accepted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("corpus", nargs="+")
    parser.add_argument("-n", "--texts", type=int, default=20000)
    parser.add_argument("-s", "--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    seeds = [path.read_bytes() for folder in args.corpus for path in sorted(pathlib.Path(folder).iterdir())]
    seeds += [token for token in TOKENS]
    accepted = compare(args.program, seeds)
    for done in range(0, args.texts, BATCH):
        accepted += compare(args.program, [mutate(rng, seeds) for _ in range(min(BATCH, args.texts - done))])
    print(f"seed {args.seed}: {args.texts} texts, {accepted} of them valid, no disagreement")


if __name__ == "__main__":
    main()
