import SSO
import STS
import Text

// Errors of sign-ins, in the user's words.

/// What users sign in to.
package enum SignInService {
    /// IAM Identity Center.
    case identityCenter
    /// AWS Sign-In, with console credentials.
    case console
}

extension Failure {
    /// - Parameters:
    ///   - what: what warder was doing, as `renew the sign-in`.
    ///   - service: what answered.
    package init(_ error: SignInError, doing what: String, at service: SignInService = .identityCenter) {
        if let failure = Self.ending(error, doing: what, at: service) {
            self = failure
            return
        }
        switch error {
        case .network(let error): self.init(error, doing: what)
        case .malformedRegion(let region):
            self.init(
                .badConfig, "\(region) is not a region",
                hint: "correct \(service.regionSetting)"
                    + (nearest(to: region, among: knownRegions).map { ": write \($0)" } ?? ""))
        case .malformedEndpoint:
            self.init(
                .badConfig, "the endpoint of \(service.name) is not an https URL",
                hint: "see \(service.endpointVariables)")
        case .timedOut:
            self.init(.promptNeeded, "the sign-in was not completed in time", hint: "run the command again")
        case .listening(let error): self.init(error, "the address that the browser comes back to")
        case .crypto(let error): self.init(error)
        case .endlessList:
            self.init(
                .refused, "\(service.name) sent a list without an end", hint: "see what answers there",
                cause: .unjudged)
        default:
            self.init(
                .refused, "\(service.name) gave no answer that could be used", hint: "try again", cause: .unjudged)
        }
    }

    /// What the user must do where AWS refused, or where the sign-in itself went wrong; nil for other errors.
    private static func ending(_ error: SignInError, doing what: String, at service: SignInService) -> Failure? {
        if service == .console, let failure = consoleFailure(error) { return failure }
        guard let refusal = error.refusal else { return nil }
        let said = [refusal.code, refusal.message.withoutFullStop].filter { !$0.isEmpty }.joined(separator: ": ")
        let hint = service == .console ? consoleHint(error) : identityCenterHint(error)
        var failure = Failure(.refused, "AWS refused to \(what)" + (said.isEmpty ? "" : ": \(said)"), hint: hint)
        switch error {
        case .accessDenied, .noSuchRole, .insufficientPermissions: break
        default: failure.cause = .unjudged
        }
        return failure
    }

    private static func identityCenterHint(_ error: SignInError) -> String {
        switch error {
        case .accessDenied: "ask the administrator of IAM Identity Center for access"
        case .noSuchRole: "check sso_account_id and sso_role_name"
        default: "try again; if it stays so, check sso_start_url and sso_region"
        }
    }

    private static func consoleHint(_ error: SignInError) -> String {
        switch error {
        case .accessDenied: "sign in again, and allow the access in the browser"
        case .insufficientPermissions:
            "ask the account's administrator for AWS's policy SignInLocalDevelopmentAccess"
        case .slowDown: "wait a moment, and try again"
        default: "try again; if it stays so, check the region, and this machine's clock"
        }
    }

    /// The failure of an error that only a sign-in with console credentials has, or has other words for.
    private static func consoleFailure(_ error: SignInError) -> Failure? {
        switch error {
        case .signInExpired, .invalidGrant, .signInNeeded:
            Failure(.promptNeeded, "the sign-in has ended", hint: "sign in again: warder login")
        case .codeExpired:
            Failure(.refused, "the sign-in took too long: its code has expired", hint: "run the command again")
        case .notAPastedCode:
            Failure(
                .promptNeeded, "that is not a code of the sign-in page", hint: "copy the whole code that the page shows"
            )
        case .anotherSignIn:
            Failure(
                .promptNeeded, "that is the code of another sign-in",
                hint: "open the address that this command shows, and paste the code that comes after it")
        case .notACachedToken(let missing):
            Failure(
                .badConfig, "the AWS CLI's sign-in has no usable \(missing)", hint: "sign in again: aws login")
        case .damagedToken:
            Failure(.damaged, "the stored sign-in is damaged", hint: "sign in again: warder login")
        default: nil
        }
    }
}

extension SignInService {
    fileprivate var name: String {
        switch self {
        case .identityCenter: "IAM Identity Center"
        case .console: "AWS Sign-In"
        }
    }

    fileprivate var regionSetting: String {
        switch self {
        case .identityCenter: "sso_region"
        case .console: "region"
        }
    }

    fileprivate var endpointVariables: String {
        switch self {
        case .identityCenter: "AWS_ENDPOINT_URL_SSO and AWS_ENDPOINT_URL_SSO_OIDC"
        case .console: "AWS_ENDPOINT_URL_SIGNIN"
        }
    }
}
