import Failures
import Profiles
import STS
import Transport

/// What goes wrong while a key is replaced at AWS.
func rotationTables(_ o: String) -> [Table] {
    func refusal(_ code: String, _ status: Int = 403) -> STSRefusal {
        STSRefusal(code: code, message: "", status: status, requestID: nil)
    }
    func failure(_ error: STSError, _ action: String = "CreateAccessKey", hasMFA: Bool = false) -> Failure {
        Failure(
            error, rotating: o, action: action, doing: "make a new key", hasMFA: hasMFA, signer: RequestSigner.unknown)
    }
    let full = Failure(.other, "the disk is full", hint: "make room")
    return [
        Table(
            "rotation",
            [
                ("changed", .changedWhileRotating(o)), ("newer", .newerRotation(o)), ("notListed", .notListed(o, o)),
                (
                    "twoKeys",
                    .twoKeys(
                        o, inUse: "AKIAONE", other: "AKIATWO", storedAs: nil, isActive: true, lastUse: "never used")
                ),
                ("twoKeys", .twoKeys(o, inUse: "AKIAONE", other: o, storedAs: o, isActive: false, lastUse: nil)),
                ("notNew", .notNew(o, o)), ("inPlaintext", .inPlaintext(o, o, Origin(path: o, line: 3))),
                ("neverAccepted", .neverAccepted(o, new: "AKIATWO", inUse: "AKIAONE")),
                ("already", .rotatingAlready), ("unfinished", full.unfinished(o, inUse: "AKIATWO")),
                ("notStored", full.notStored(o, "AKIATWO", left: nil)),
                ("notStored", full.notStored(o, "AKIATWO", left: o)),
                ("denied", failure(.accessDenied(refusal("AccessDenied")))),
                ("denied with MFA", failure(.accessDenied(refusal("AccessDenied")), hasMFA: true)),
                ("limit", failure(.refused(refusal("LimitExceeded", 409)))),
                ("lost", failure(.network(.interrupted(host: "iam.amazonaws.com", reason: "reset", sent: true)))),
                ("unsent", failure(.network(.unreachable(host: "iam.amazonaws.com", reason: "no route")))),
                (
                    "lost, of another request",
                    failure(
                        .network(.interrupted(host: "iam.amazonaws.com", reason: "reset", sent: true)),
                        "DeleteAccessKey")
                ),
            ])
    ]
}
