import CGLib
import Secrets

/// One session with the Secret Service: its objects and their locks.
final class SecretServiceClient {
    static let path = "/org/freedesktop/secrets"
    /// The path that means no object.
    static let none = "/"

    let bus: Bus
    private let dialogs: DialogGate
    /// libsecret's own client, made when it is first needed.
    private var secretService: OpaquePointer?
    /// The limit of locked memory, if it was lowered.
    private var lockLimit: UInt64?

    var library: Libsecret { bus.library }
    var areDialogsAllowed: Bool { dialogs.areAllowed }

    init(_ bus: Bus, _ dialogs: DialogGate) {
        self.bus = bus
        self.dialogs = dialogs
    }

    deinit {
        if let secretService { library.glib.g_object_unref(UnsafeMutableRawPointer(secretService)) }
        if let lockLimit { warder_allow_locking(lockLimit) }
    }

    /// libsecret's client, on our connection.
    func libsecret() throws(SecretServiceError) -> OpaquePointer {
        if let secretService { return secretService }
        var limit: UInt64 = 0
        if warder_forbid_locking(&limit) == 1 { lockLimit = limit }
        var error: ErrorPointer?
        let made = withUnsafePointer(to: library.glib) { glib in
            withUnsafePointer(to: library.secret) { secret in
                warder_secret_service_new(glib, secret, bus.connection, bus.cancellation, &error)
            }
        }
        guard let made else { throw bus.failure(error) }
        secretService = made
        return made
    }

    /// The path of the default collection; nil if there is none.
    func defaultCollection() throws(SecretServiceError) -> String? {
        let name = library.value("default")
        let path = try bus.call(Self.path, .service("ReadAlias"), [name], returns: "(o)")[0].text
        return path == Self.none ? nil : path
    }

    func isLocked(collection: String) throws(SecretServiceError) -> Bool {
        let value = try property("Locked", of: .collection("Locked"), at: collection)
        guard let value else { throw .noCollection }
        guard let isLocked = value.truth else { throw .malformed }
        return isLocked
    }

    /// A property of an object; nil if the object no longer exists.
    func property(_ name: String, of kind: Method, at path: String) throws(SecretServiceError) -> Variant? {
        let arguments = [library.value(kind.interface), library.value(name)]
        return try bus.callIfThere(path, .properties("Get"), arguments, returns: "(v)")?[0].content
    }

    /// Unlocks items or collections, with a dialog if the service requires one.
    ///
    /// - Throws: `.locked` if no dialog is allowed; then the service is not even called.
    func unlock(_ paths: [String]) throws(SecretServiceError) {
        guard areDialogsAllowed else { throw .locked }
        let list = library.value(paths: paths)
        let answer = try bus.call(Self.path, .service("Unlock"), [list], returns: "(aoo)")
        guard answer[1].text != Self.none else { return }
        let unlocked = try prompt(answer[1].text)
        guard unlocked.isOf(type: "ao"), !unlocked.texts.isEmpty else { throw .dismissed }
    }

    /// Shows a dialog that the service has prepared, and waits for its end.
    ///
    /// - Returns: the result of the user's answer; its type shows whether the user dismissed the dialog.
    /// - Throws: `.locked` if no dialog is allowed, `.dismissed`.
    func prompt(_ path: String) throws(SecretServiceError) -> Variant {
        let client = try libsecret()
        try dialogs.announce()
        var error: ErrorPointer?
        let answer = library.secret.secret_service_prompt_at_dbus_path_sync(
            client, path, bus.cancellation, nil, &error)
        if let answer { return Variant(library, owning: answer) }
        if error != nil { throw bus.failure(error) }
        // libsecret reports the same when the service went away during the dialog.
        _ = try defaultCollection()
        throw .dismissed
    }

    /// Shows the dialog that a call may require, and returns the path of the created object.
    func made(_ path: String, dialog: String) throws(SecretServiceError) -> String {
        guard dialog != Self.none else { return path }
        let made = try prompt(dialog).text
        guard made != "", made != Self.none else { throw .dismissed }
        return made
    }
}
