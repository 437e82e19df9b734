import TOTP

extension Failure {
    /// Why the input is not a valid seed. The input is never shown.
    package init(_ error: TOTPError) {
        let (message, hint) =
            switch error {
            case .empty:
                ("there is no seed", "AWS shows it as the secret key of a virtual MFA device, below the QR code")
            case .textTooLong, .secretTooLong: ("the seed is too long for one", Self.seedForms)
            case .notBase32: ("the seed is not base32", Self.seedForms)
            case .cutOff, .secretTooShort: ("the seed is not whole", "copy all of it: AWS's have 64 characters")
            case .malformedAddress: ("the address of the seed is not one", Self.seedForms)
            case .counterBased:
                ("the address is of codes that count, not of codes that go by the time", Self.seedForms)
            case .noSecret: ("the address has no secret", "it is otpauth://totp/NAME?secret=… as a whole")
            case .repeated(let parameter):
                ("the address has its \(parameter) twice", "remove one of them: it is not clear which is meant")
            case .unknownHash:
                ("the address names a hash that is none for codes", "AWS's have SHA1, which need not be named")
            case .notSixDigits: ("the codes of this seed do not have six digits", "AWS takes codes of six digits alone")
            case .unacceptablePeriod:
                ("the period of the codes is none", "AWS's change every 30 seconds, which need not be said")
            case .crypto(let error): (Failure(error).message, Failure(error).hint)
            }
        if case .crypto = error {
            self.init(.other, message, hint: hint)
        } else {
            self.init(.badConfig, message, hint: hint)
        }
    }

    private static var seedForms: String { "give the secret as AWS shows it, or an otpauth://totp/ address" }
}
