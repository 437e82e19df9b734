"""The page of each command, from what the binary says of itself."""

import re

import discussion
import marks
import roff
from roff import Piece, argument

HELP = {"name": "help", "role": "flag", "help": "Show this help.", "details": ""}
VERSION = {"name": "version", "role": "flag", "help": "Show the version.", "details": ""}
OPTIONS = ("flag", "pair", "option")


def page_name(path):
    return "-".join(path)


def sentence(text):
    """A sentence as a description in one line: `Stores a key.` is `stores a key`."""
    bare = text[:-1] if text.endswith(".") else text
    return bare[:1].lower() + bare[1:]


def option(parameter):
    """How the list of options heads one."""
    name = f"--{parameter['name']}"
    if parameter["role"] == "pair":
        return [Piece(name, "Fl"), Piece(", "), Piece(f"--no-{parameter['name']}", "Fl")]
    if parameter["role"] == "flag":
        return [Piece(name, "Fl")]
    return [Piece(name, "Fl"), Piece(" "), Piece(parameter["placeholder"], "Ar")]


def usage(node, path):
    """The command line, by the same rules as help's."""
    lines = [f'.Nm "{" ".join(path)}"']
    if node["commands"]:
        lines.append(".Ar command" if node["usual"] is None else ".Op Ar command")
    for each in node["parameters"]:
        name = argument(each["name"])
        if each["role"] == "flag":
            lines.append(rf".Op Fl \-{name}")
        elif each["role"] == "pair":
            lines.append(rf".Op Fl \-[no\-]{name}")
        elif each["role"] == "option":
            call = rf"Fl \-{name} Ar {argument(each['placeholder'])}"
            lines.append("." + call if each["required"] else ".Op " + call)
    for each in node["parameters"]:
        name = argument(each["name"])
        if each["role"] == "operand":
            lines.append(f".Ar {name}" if each["required"] else f".Op Ar {name}")
        elif each["role"] == "operands":
            lines.append(f".Oo Ar {name} Oc Ns ...")
        elif each["role"] == "command":
            lines.append(rf".Op Oo Fl \- Oc Ar {name} Ns ...")
    return lines


def parameters(node, more):
    """The lists of operands and options, each with its title; either may be empty."""
    def entry(head, each):
        said = " ".join(filter(None, (each["help"], each["details"])))
        return head, [roff.Block("text", roff.text(marks.plain(said)))]

    operands = [
        entry([Piece(each["name"], "Ar")], each) for each in node["parameters"] if each["role"] not in OPTIONS]
    options = [entry(option(each), each) for each in node["parameters"] if each["role"] in OPTIONS]
    options += [entry([Piece(f"-{short}", "Fl"), Piece(", "), *option(each)], each) for short, each in more]
    return [(title, roff.tagged(rows)) for title, rows in (("operands", operands), ("options", options)) if rows]


def leaves(node, path):
    """A command and all below it, with their paths."""
    found = [(node, path)]
    for child in node["commands"]:
        found += leaves(child, (*path, child["name"]))
    return found


def usual(node, path):
    """What a group does if none of its commands is named."""
    if not node["usual"]:
        return []
    words = " ".join((*path, node["usual"]))
    return [roff.Block("text", roff.text([Piece("Without a command it is "), Piece(words, "Cm"), Piece(".")]))]


def below(node, path):
    """A command of a group, in the group's page."""
    said = discussion.read(node["discussion"])
    blocks = [roff.subsection(" ".join(path)), roff.Block("text", roff.text(marks.plain(node["abstract"])))]
    blocks += [*said.description, *usual(node, path)]
    for _, entries in parameters(node, []):
        blocks.append(entries)
    if said.examples:
        blocks += [roff.Block("text", ["For example:"]), *said.examples]
    return blocks + said.exit_codes


def named(root, node):
    """The names of the other commands that the help of one has."""
    everything = [each for each, _ in leaves(node, ())]
    text = " ".join(f"{each['abstract']} {each['discussion']} {each['parameters']}" for each in everything)
    names = {child["name"] for child in root["commands"]} - {node["name"]}
    # "Lets warder use" is no command.
    return {name for name in re.findall(r"(?<!Lets )\bwarder ([a-z]+)", text) if name in names}


def references(root, node):
    """The pages to see also: of commands that name this one, that it names, or that its group has; and what all have."""
    names = named(root, node)
    for each in root["commands"]:
        if each["group"] == node["group"] or node["name"] in named(root, each):
            names.add(each["name"])
    others = sorted(names - {node["name"]})
    pages = [("warder", 1), *((page_name(("warder", name)), 1) for name in others), ("warder-config", 5)]
    if "vault" in (node["name"], *named(root, node)):
        pages.append(("warder-vault", 5))
    return roff.Block("text", see(pages))


def see(pages):
    return [f".Xr {name} {number}" + (" ," if at < len(pages) else "") for at, (name, number) in enumerate(pages, 1)]


def heading(path, date, abstract):
    name = page_name(path)
    return [f".Dd {date}", f".Dt {name.upper()} 1", ".Os", ".Sh NAME", f".Nm {name}", ".Nd " + roff.escaped(abstract)]


def page(root, node, date):
    """The page of a command that the root has."""
    path = ("warder", node["name"])
    said = discussion.read(node["discussion"])
    everything = leaves(node, path)
    blocks = [roff.section("synopsis"), *(roff.Block("head", usage(*each)) for each in everything)]
    abstract = roff.Block("text", roff.text(marks.plain(node["abstract"])))
    blocks += [roff.section("description"), abstract, *said.description, *usual(node, path)]
    if node["commands"]:
        blocks.append(roff.section("commands"))
        for each in everything[1:]:
            blocks += below(*each)
    for title, entries in parameters(node, [("h", HELP)]):
        blocks += [roff.section(title), entries]
    codes = roff.Block("text", [".Xr warder 1", "lists all exit codes."])
    blocks += [roff.section("exit status"), *said.exit_codes, codes]
    if said.examples:
        blocks += [roff.section("examples"), *said.examples]
    blocks += [roff.section("see also"), references(root, node)]
    return heading(path, date, sentence(node["abstract"])) + roff.joined(blocks)


def overview(root):
    """The commands by group, as blocks of the page of warder itself."""
    blocks = []
    longest = max((page_name(("warder", child["name"])) + "(1)" for child in root["commands"]), key=len)
    for title in dict.fromkeys(child["group"] for child in root["commands"]):
        rows = [
            ([Piece(f"warder-{child['name']} 1", "Xr")],
             [roff.Block("text", roff.text(marks.plain(child["abstract"])))])
            for child in root["commands"] if child["group"] == title
        ]
        blocks += [roff.subsection(title.capitalize()), roff.tagged(rows, longest)]
    return blocks
