import Linux

/// Why a pinentry returned no answer.
public enum PinentryError: Error, Equatable, Sendable {
    /// There is no such program.
    case notFound(name: String)
    /// It could not be started, or ended without an answer.
    case child(ChildError)
    /// The user cancelled.
    case dismissed
    /// The user did not answer in time.
    case timedOut
    /// It has neither a display nor a terminal to show a prompt on.
    case noDisplay
    /// It does not speak the protocol, or reports an error.
    case unusable(reason: String)
    /// The answer is too long.
    case tooLong
    /// The user's two entries differed three times.
    case different
    /// Ctrl-Z: this process must stop, once it holds nothing that others wait for.
    case stopped
    /// The answer is no longer needed.
    case needless
}

/// Codes of gpg-error.h that a pinentry returns.
enum ErrorCode {
    static let timeout = 62
    static let noPinentry = 85
    static let canceled = 99
    static let notConfirmed = 114
    static let fullyCanceled = 198
    /// `GPG_ERR_ENODEV`, `GPG_ERR_ENOENT`, `GPG_ERR_ENOTTY`, `GPG_ERR_ENXIO`: nowhere to show a prompt.
    static let noDevice = [32_848, 32_849, noTerminal, 32_872]
    static let noTerminal = 32_870
}

extension PinentryError {
    /// Nil for a signal: the question is asked again if the process continues.
    init?(_ error: AssuanError) {
        switch error {
        case .interrupted: return nil
        case .stopped: self = .stopped
        case .needless: self = .needless
        case .timedOut: self = .timedOut
        case .ended(.some(let error)): self = .child(error)
        case .ended(.none): self = .unusable(reason: "it ended without an answer")
        case .garbled: self = .unusable(reason: "it does not speak the protocol of a pinentry")
        case .tooLong: self = .tooLong
        case .different: self = .different
        case .refused(let code):
            switch code {
            case ErrorCode.timeout: self = .timedOut
            case ErrorCode.canceled, ErrorCode.notConfirmed, ErrorCode.fullyCanceled: self = .dismissed
            case ErrorCode.noPinentry: self = .noDisplay
            case _ where ErrorCode.noDevice.contains(code): self = .noDisplay
            default: self = .unusable(reason: "it reports error \(code) of gpg-error.h")
            }
        }
    }
}
