// The variable that moves a file elsewhere, for messages about a file whose current location is unusable.

extension Failure {
    /// The variable that sets the location of the message's `what`.
    package static func variable(of what: String) -> String {
        switch what {
        case "the config file": "AWS_CONFIG_FILE"
        case "the credentials file": "AWS_SHARED_CREDENTIALS_FILE"
        case "the vault", "the store", "the store's marker": "XDG_DATA_HOME"
        case "the session cache": "XDG_CACHE_HOME"
        case "warder's settings": "XDG_CONFIG_HOME"
        case "warder's state folder": "XDG_STATE_HOME"
        default: "the XDG variable"
        }
    }
}
