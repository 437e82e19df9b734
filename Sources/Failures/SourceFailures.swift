import Metadata
import Profiles
import Text

// Errors of sources other than stored keys, in the user's words.

extension Failure {
    package static func noEnvironment(_ origin: Origin) -> Failure {
        Failure(
            .notFound, "\(origin.place): the credentials of the environment are needed, and are not set",
            hint: "export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }

    package static func unreadableToken(_ origin: Origin, _ path: String) -> Failure {
        Failure(
            .badConfig, "\(origin.place): the web identity's token cannot be read: \(path)",
            hint: "check that it is there: ls -l \(shellWord(path))")
    }

    package static func emptyToken(_ origin: Origin, _ path: String) -> Failure {
        Failure(
            .badConfig, "\(origin.place): the web identity's token is empty: \(path)",
            hint: "see what should write it")
    }

    package init(_ error: MetadataError, _ origin: Origin, what: String) {
        let place = "\(origin.place): "
        switch error {
        case .disabled:
            self.init(
                .badConfig, "\(place)\(what) is wanted, and AWS_EC2_METADATA_DISABLED is set",
                hint: "unset it, or take another credential_source")
        case .notSet:
            self.init(
                .notFound, "\(place)\(what) is wanted, and this is no container that has one",
                hint: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and …_FULL_URI are not set")
        case .malformedSetting(let name, let value):
            self.init(.badConfig, "\(name) cannot be \(value)", hint: "correct it, or unset it")
        case .malformedURI(let setting):
            self.init(.badConfig, "\(setting) is not a usable address", hint: "correct it, or unset it")
        case .notAllowed(let host):
            self.init(
                .badConfig, "credentials are not fetched from \(host) by plain HTTP",
                hint: "use https, a loopback address, or the address of the container's agent")
        case .unreadableTokenFile(let path):
            self.init(
                .badConfig, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: \(path)",
                hint: "check that it is there: ls -l \(shellWord(path))")
        case .malformedToken:
            self.init(
                .badConfig, "the container's authorization token is empty or has a line break in it",
                hint: "see AWS_CONTAINER_AUTHORIZATION_TOKEN and …_TOKEN_FILE")
        case .notHere(let host):
            self.init(
                .network, "\(place)nothing answers at \(host), where \(what) is asked for",
                hint: "is this such a machine? see credential_source")
        case .v1Disabled:
            self.init(
                .refused, "the instance gives no token, and asking without one is switched off",
                hint: "in a container, raise the hop limit of the instance's metadata to 2")
        case .noRole: self.init(.notFound, "\(place)the instance has no role", hint: "attach a role to the instance")
        case .refused(let status, let reason):
            let said = reason.isEmpty ? "" : ": " + reason.withoutFullStop
            self.init(
                .refused, "\(what) was refused with status \(status)\(said)", hint: "see the role's settings at AWS")
        case .notJSON, .missing:
            self.init(
                .refused, "the answer to the request for \(what) is none that AWS gives",
                hint: "see what answers there")
        case .network(.redirected(let host, let status)):
            self.init(
                .network, "\(place)\(host) answered with a redirect (\(status)), which is never followed",
                hint: "see what answers there")
        case .network(let error): self.init(error, doing: "ask for \(what)")
        }
    }
}
