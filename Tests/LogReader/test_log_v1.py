"""The second reader reaches the verdict of every vector, and finds any change of a log."""

import importlib.util
import json
import pathlib

import log_v1 as v1
import pytest

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Vectors/log"
VECTORS = sorted(FOLDER.glob("*.json"))
# Not by its name: the vault's vectors have such a file too.
SPEC = importlib.util.spec_from_file_location("log_vectors", FOLDER / "generate.py")
vectors = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(vectors)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path):
    vector = json.loads(path.read_text())
    files = [(file["name"], file["text"].encode("latin-1")) for file in vector["files"]]
    seal = bytes.fromhex(vector["seal"]) if vector["seal"] else None
    found = v1.verify(files, seal, v1.Start.decoded(bytes.fromhex(vector["start"])))
    assert vars(found) == vector["verdict"]


def test_the_vectors_are_all_there():
    """One that is written and not in the folder, or the other way round, would test nothing."""
    assert {path.stem for path in VECTORS} == {vector[0] for vector in vectors.vectors()}


def test_any_byte_changed_is_found():
    files, seal = vectors.log(1)
    start = v1.Start(vectors.IDENTIFIER, vectors.KEY)
    texts = {name: b"".join(text) for name, text in files.items()}
    for name, text in texts.items():
        for place in range(len(text)):
            bad = bytearray(text)
            bad[place] ^= 0x20
            found = v1.verify(list({**texts, name: bytes(bad)}.items()), seal.encoded(), start)
            # A line that was split or joined is bad from where it begins.
            assert found.kind != "good" and found.file == name, (name, place, found)
            assert found.line == text[:place].count(b"\n") + 1, (name, place, found)
