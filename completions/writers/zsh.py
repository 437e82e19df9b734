"""What zsh completes by: a function of `_arguments` a command."""

import re

from writers.quoting import quoted

FILE = "_warder"


def zsh_action(name, value):
    if isinstance(value, list):
        return f":{name}:({' '.join(value)})"
    actions = {"files": "_files", "profiles": "__warder_profiles", "keys": "__warder_keys",
               "sso-sessions": "__warder_sso_sessions", "commands": "__warder_words"}
    return f":{name}:{actions.get(value, ' ')}"


def lines(root):
    def escaped(text):
        return re.sub(r"([\[\]:\\])", r"\\\1", text)

    def specs(option):
        value = "" if option.value is None else zsh_action(option.names[-1].lstrip("-"), option.value)
        alone = "(- *)" if option.names[-1] in ("--help", "--version") else ""
        for name in option.names:
            equals = "" if option.value is None else "=" if name.startswith("--") else "+"
            yield quoted(f"{alone}{name}{equals}[{escaped(option.help)}]{value}")

    text = []
    for one in root.all():
        function = "_" + "_".join(("warder", *one.path)).replace("-", "_")
        text.append(f"{function}() {{")
        if one.commands:
            text.append("    local -a commands=(")
            text += [f"        {quoted(escaped(child.path[-1]) + ':' + child.help)}" for child in one.commands]
            text += ["    )", f"    __warder_group {function} \\"]
            text += [f"        {spec} \\" for option in one.options for spec in specs(option)]
            text[-1] = text[-1].removesuffix(" \\")
            text.append("}")
            continue
        if one.runs_another:
            text.append("    __warder_command && return")
        text.append("    _arguments -s -S \\")
        text += [f"        {spec} \\" for option in one.options for spec in specs(option)]
        number = 0
        for place in one.places:
            if place.value == "command":
                continue
            number += 1
            where = "*" if place.repeats else str(number)
            # With a bare blank, zsh would not complete an option that takes a value in this place.
            action = zsh_action(place.name, place.value) if place.value else f":{place.name}:{{_message {place.name}}}"
            text.append(f"        {quoted(where + action)} \\")
        text[-1] = text[-1].removesuffix(" \\")
        text.append("}")
    return text
