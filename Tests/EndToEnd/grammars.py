"""Grammars of shells that are not at hand (tree-sitter's), and what a text is to them."""

import ctypes
import os

import pytest


def parser_of(name, variable=None):
    """A parser by the module of a grammar, or by a shared object that a variable of the environment names.

    Where there is neither, whoever asks is skipped.
    """
    tree_sitter = pytest.importorskip("tree_sitter")
    if file := variable and os.environ.get(variable):
        language = loaded(file, name)
    else:
        language = pytest.importorskip(name, reason=variable and f"there is no {name}, and {variable} names none").language()
    return tree_sitter.Parser(tree_sitter.Language(language))


def loaded(file, name):
    """What the module of a grammar would give, from its shared object."""
    function = getattr(ctypes.CDLL(file), name)
    function.restype = ctypes.c_void_p
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.restype, capsule.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return capsule(function(), b"tree_sitter.Language", None)


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


def whole(parser, text):
    """The root of a text's tree; a text that the grammar does not take whole is refused."""
    root = parser.parse(text.encode()).root_node
    wrong = [node for node in walk(root) if node.is_error or node.is_missing]
    if wrong or root.has_error:
        raise ValueError((text, [(node.type, node.start_point) for node in wrong]))
    return root
