import Failures
import Glibc
import Linux
import Profiles

/// What the machine's settings forbid, and what is wrong with their file.
func policyTables(_ o: String) -> [Table] {
    let path = "/etc/warder/" + o
    let files: [RootsFileError] = [
        .system(SystemError(call: "open", path: path, code: EACCES)),
        .system(SystemError(call: "lstat", path: path, code: EACCES)), .foreign(path: path, owner: 1001),
        .writable(path: path, mode: 0o664), .notAFile(path: path), .brokenLink(path: path, target: o),
        .tooLarge(path: path, limit: 1_048_576),
    ]
    let rule = RuleLine(name: "stores", value: o, origin: Origin(path: "/etc/warder/config", line: 4))
    return [
        Table(files) { Failure($0) },
        Table(
            "a rule of the machine",
            [("stores", Failure(rule, forbids: "the keys are in the vault", hint: "move them"))]),
    ]
}
