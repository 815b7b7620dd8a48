"""Evaluates filter statements on events, written for the tests from the language's reference alone.

Reads lines of two hexadecimal words, a statement and an event; prints 1, 0, or E for a statement that is none.
It builds the whole event as a tree and walks the statement as one, which the program under test never does.
"""

import json
import math
import re
import sys

TOKEN = re.compile(
    r"\s*(?:(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.\\-]))"
    r"|(?P<string>'(?:\\['\"\\]|[^'])*'|\"(?:\\['\"\\]|[^\"])*\")"
    r"|(?P<path>(?:\\.|[A-Za-z0-9_-])+(?:\.(?:\\.|[A-Za-z0-9_-])+)*)"
    r"|(?P<sign>!=|>=|<=|=|>|<|!|\(|\)|\[|\]|,))",
    re.S,
)


def tokens(text):
    at, out = 0, []
    while text[at:].strip(" \t\r\n"):
        found = TOKEN.match(text, at)
        if not found:
            raise SyntaxError(at)
        out.append((found.lastgroup, found.group(found.lastgroup)))
        at = found.end()
    return out + [("end", "")]


class Object:
    """An object of the event: equal to nothing."""


class Parser:
    def __init__(self, text):
        self.words, self.at = tokens(text), 0

    def peek(self):
        return self.words[self.at][1] if self.words[self.at][0] in ("sign", "path") else None

    def take(self, word):
        if self.peek() == word:
            self.at += 1
            return True
        return False

    def need(self, word):
        if not self.take(word):
            raise SyntaxError(word)

    def statement(self):
        tree = self.alternatives()
        if self.words[self.at][0] != "end":
            raise SyntaxError
        return tree

    def alternatives(self):
        tree = self.conjunction()
        while self.take("or"):
            tree = ("or", tree, self.conjunction())
        return tree

    def conjunction(self):
        tree = self.relation()
        while self.take("and"):
            tree = ("and", tree, self.relation())
        return tree

    def relation(self):
        tree = self.unary()
        for sign in ("=", "!=", ">", ">=", "<", "<=", "in"):
            if self.take(sign):
                return (sign, tree, self.unary())
        return tree

    def unary(self):
        if self.take("!"):
            return ("!", self.unary())
        if self.take("("):
            tree = self.alternatives()
            self.need(")")
            return tree
        return self.primary()

    def primary(self):
        kind, word = self.words[self.at]
        self.at += 1
        if kind == "string":
            return ("value", re.sub(r"\\(['\"\\])", r"\1", word[1:-1]))
        if kind == "number":
            return ("value", number(word))
        if kind == "sign" and word == "[":
            items = []
            if not self.take("]"):
                items.append(self.primary()[1])
                while self.take(","):
                    items.append(self.primary()[1])
                self.need("]")
            return ("value", items)
        if kind != "path":
            raise SyntaxError(word)
        if word in ("true", "false", "null"):
            return ("value", {"true": True, "false": False, "null": None}[word])
        if self.take("("):
            arguments = [self.alternatives()]
            while self.take(","):
                arguments.append(self.alternatives())
            self.need(")")
            return ("call", word, arguments)
        keys = re.split(r"\.(?=(?:\\.|[A-Za-z0-9_-]))", re.sub(r"\\\.", "\0", word))
        return ("path", [re.sub(r"\\(.)", r"\1", key, flags=re.S).replace("\0", ".") for key in keys])


def number(word):
    value = int(word) if re.fullmatch(r"-?[0-9]+", word) else float(word)
    return value if isinstance(value, float) or -(2**63) <= value < 2**63 else float(value)


def kind(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return {int: "number", float: "number", str: "string", list: "list"}.get(type(value), "object")


def equal(a, b):
    if kind(a) != kind(b) or kind(a) == "object":
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b))
    return a == b


def glob(pattern):
    out, at = "", 0
    while at < len(pattern):
        c = pattern[at]
        at += 1
        if c == "*":
            out += ".*"
        elif c == "?":
            out += "."
        elif c == "\\":
            if at >= len(pattern):
                return None
            out += re.escape(pattern[at])
            at += 1
        elif c == "[":
            end = pattern.find("]", at)
            if end < 0:
                return None
            inside = pattern[at:end]
            at = end + 1
            members = re.findall(r"(.)-(.)|(.)", inside, re.S)
            parts = "".join(
                re.escape(m[2]) if m[2] else (f"{re.escape(m[0])}-{re.escape(m[1])}" if m[0] <= m[1] else "")
                for m in members
            )
            out += f"[{parts}]" if parts else "(?!)"
        else:
            out += re.escape(c)
    return re.compile(out, re.S)


def spelled(value):
    if math.isinf(value):
        return None
    if isinstance(value, float) and value == int(value) and abs(value) < 2**53:
        return str(int(value))
    return repr(value)


def call(name, v):
    a = v[0]
    if name in ("contains", "match"):
        if not (isinstance(a, str) and isinstance(v[1], str)):
            return False
        if name == "contains":
            return v[1] in a
        pattern = glob(v[1])
        return bool(pattern and pattern.fullmatch(a))
    if name == "length":
        return len(a.encode()) if isinstance(a, str) else len(a) if isinstance(a, list) else 0
    if name == "typeof":
        return kind(a)
    if name == "bool":
        if kind(a) == "number":
            return a != 0
        return a if kind(a) == "bool" else {"true": True, "false": False}.get(a) if isinstance(a, str) else None
    if name == "string":
        if kind(a) == "bool":
            return "true" if a else "false"
        return a if isinstance(a, str) else spelled(a) if kind(a) == "number" else None
    if name == "number":
        if kind(a) == "bool":
            return int(a)
        if isinstance(a, str):
            return number(a) if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", a) else None
        return a if kind(a) == "number" else None
    if not isinstance(a, str):
        return None
    return {
        "lowercase": lambda s: s.lower(),
        "uppercase": lambda s: s.upper(),
        "snakecase": lambda s: s.replace(" ", "_"),
        "kebabcase": lambda s: s.replace(" ", "-"),
        "titlecase": lambda s: re.sub(r"(^|\s)(\S)", lambda m: m.group(1) + m.group(2).title(), s),
    }[name](a)


def evaluate(tree, event):
    if tree[0] == "value":
        return tree[1]
    if tree[0] == "path":
        value = event
        for key in tree[1]:
            value = value.get(key) if isinstance(value, dict) else None
        return value
    if tree[0] == "call":
        return call(tree[1], [evaluate(part, event) for part in tree[2]])
    if tree[0] == "!":
        return evaluate(tree[1], event) is not True
    a = evaluate(tree[1], event)
    if tree[0] == "and":
        return a is True and evaluate(tree[2], event) is True
    if tree[0] == "or":
        return a is True or evaluate(tree[2], event) is True
    b = evaluate(tree[2], event)
    if tree[0] == "=":
        return equal(a, b)
    if tree[0] == "!=":
        return not equal(a, b)
    if tree[0] == "in":
        return isinstance(b, list) and any(equal(a, item) for item in b)
    if kind(a) != "number" or kind(b) != "number":
        return False
    return {">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b}[tree[0]]


for line in sys.stdin:
    statement, event = (bytes.fromhex(word).decode() for word in line.split())
    try:
        tree = Parser(statement).statement()
        print(int(evaluate(tree, json.loads(event, parse_int=number)) is True))
    except (SyntaxError, IndexError, KeyError):
        # A fault of form; a call that is cut off, of an unknown function, or with a value too few.
        print("E")
    except Exception as failure:
        sys.exit(f"the judge itself fails on {statement!r} with {event!r}: {failure!r}")
