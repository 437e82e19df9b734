import CGLib
import Text

/// A `GError`, as values.
struct BusFailure {
    private let domain: String
    private let code: Int
    /// The name of the D-Bus error; "" for one that arose in this process.
    private let name: String
    private let message: String

    /// Takes ownership of an error, reads it and frees it.
    init(_ library: GLib, taking error: ErrorPointer?) {
        guard let error else {
            (domain, code, name, message) = ("", 0, "", "")
            return
        }
        let glib = library.glib
        domain = glib.g_quark_to_string(error.pointee.domain).map { String(cString: $0) } ?? ""
        code = Int(error.pointee.code)
        let remote = glib.g_dbus_error_get_remote_error(error)
        name = remote.map { String(cString: $0) } ?? ""
        glib.g_free(remote)
        _ = glib.g_dbus_error_strip_remote_error(error)
        message = error.pointee.message.map { String(cString: $0) } ?? ""
        glib.g_error_free(error)
    }

    /// Whether an item or a collection no longer exists.
    var isOfMissingObject: Bool {
        name == "org.freedesktop.Secret.Error.NoSuchObject" || name == "org.freedesktop.DBus.Error.UnknownObject"
    }

    /// Whether the object has no such method.
    var isOfMissingMethod: Bool { name == "org.freedesktop.DBus.Error.UnknownMethod" }

    /// The error for the caller; `hasAnswered` says whether the service has answered before.
    func error(hasAnswered: Bool) -> SecretServiceError {
        switch name {
        case "":
            return localError
        case "org.freedesktop.Secret.Error.IsLocked":
            return .locked
        case "org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Disconnected":
            return .disconnected
        case "org.freedesktop.DBus.Error.TimedOut", "org.freedesktop.DBus.Error.Timeout":
            return .timedOut
        case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner":
            return hasAnswered ? .disconnected : .noService
        default:
            let isOfStarting =
                name.begins(with: "org.freedesktop.DBus.Error.Spawn.") || name.begins(with: "org.freedesktop.systemd1.")
            return isOfStarting && !hasAnswered ? .noService : .refused(reason: printable(message, limit: 300))
        }
    }

    private var localError: SecretServiceError {
        switch (domain, code) {
        case ("g-io-error-quark", WARDER_G_IO_ERROR_CANCELLED), ("g-io-error-quark", WARDER_G_IO_ERROR_TIMED_OUT):
            .timedOut
        case ("g-io-error-quark", WARDER_G_IO_ERROR_CLOSED), ("g-io-error-quark", WARDER_G_IO_ERROR_BROKEN_PIPE):
            .disconnected
        case ("g-io-error-quark", WARDER_G_IO_ERROR_INVALID_ARGUMENT), ("secret-error", WARDER_SECRET_ERROR_PROTOCOL):
            .malformed
        default:
            .refused(reason: printable(message, limit: 300))
        }
    }
}
