import CGLib
import Linux

/// A connection to a message bus, and the calls over it. Used on one thread.
final class Bus {
    let library: Libsecret
    let connection: OpaquePointer
    /// The `GCancellable` that ends every wait.
    let cancellation: OpaquePointer?
    private var hasAnswered = false
    /// Whether the first call may start the service, where it does not run.
    var mayStartService = true

    /// Connects to the bus.
    ///
    /// - Throws: `.noBus`, `.timedOut`.
    init(_ library: Libsecret, _ address: String, _ cancellation: OpaquePointer?) throws(SecretServiceError) {
        var error: ErrorPointer?
        // Not GLib's shared connection, which would end the process when the bus goes away.
        let connection = library.glib.g_dbus_connection_new_for_address_sync(
            address, Int32(WARDER_G_DBUS_CLIENT_OF_MESSAGE_BUS), nil, cancellation, &error)
        guard let connection else {
            let failure = BusFailure(library, taking: error)
            throw failure.error(hasAnswered: false) == .timedOut ? .timedOut : .noBus
        }
        self.library = library
        self.connection = connection
        self.cancellation = cancellation
    }

    deinit { library.glib.g_object_unref(UnsafeMutableRawPointer(connection)) }

    /// Calls a method of the Secret Service. The corresponding C function is `g_dbus_connection_call_sync`.
    ///
    /// - Returns: the answer, of the type `type`; nil if the object no longer exists.
    func callIfThere(
        _ path: String, _ method: Method, _ arguments: [GLib.Value], returns type: String
    ) throws(SecretServiceError) -> Variant? {
        let tuple = Variant(library, owning: library.value(tuple: arguments))
        // When many clients come and go at once, gnome-keyring may lose track of one and reply that the method does not
        // exist. It has done nothing then, and recognises the client by its next message.
        var pauses: [Int64] = [5, 20, 80]
        while true {
            var error: ErrorPointer?
            if let answer = send(path, method, tuple, returns: type, &error) {
                hasAnswered = true
                return Variant(library, owning: answer)
            }
            let failure = BusFailure(library, taking: error)
            if failure.isOfMissingObject { return nil }
            guard failure.isOfMissingMethod, !pauses.isEmpty else { throw failure.error(hasAnswered: hasAnswered) }
            sleep(milliseconds: pauses.removeFirst())
        }
    }

    private func send(
        _ path: String, _ method: Method, _ arguments: Variant, returns type: String, _ error: inout ErrorPointer?
    ) -> OpaquePointer? {
        // After the first answer: a new instance of the service would not know our session.
        let flags = hasAnswered || !mayStartService ? WARDER_G_DBUS_CALL_NO_AUTO_START : 0
        return arguments.withRaw { arguments in
            library.glib.g_dbus_connection_call_sync(
                connection, Self.service, path, method.interface, method.name, arguments, type,
                Int32(flags), .max, cancellation, &error)
        }
    }

    /// Whether a Secret Service runs on the bus.
    func hasService() throws(SecretServiceError) -> Bool {
        try callBus("NameHasOwner", [library.value(Self.service)], returns: "(b)")[0].truth ?? false
    }

    /// Whether the bus can start one.
    func canStartService() throws(SecretServiceError) -> Bool {
        try callBus("ListActivatableNames", [], returns: "(as)")[0].texts.contains(Self.service)
    }

    /// Calls a method of the bus itself (D-Bus specification, "Message Bus Messages").
    private func callBus(
        _ name: String, _ arguments: [GLib.Value], returns type: String
    ) throws(SecretServiceError) -> Variant {
        var error: ErrorPointer?
        let tuple = Variant(library, owning: library.value(tuple: arguments))
        let answer = tuple.withRaw { arguments in
            library.glib.g_dbus_connection_call_sync(
                connection, Self.bus, "/org/freedesktop/DBus", Self.bus, name, arguments, type,
                Int32(WARDER_G_DBUS_CALL_NO_AUTO_START), .max, cancellation, &error)
        }
        guard let answer else { throw failure(error) }
        return Variant(library, owning: answer)
    }

    private static let service = "org.freedesktop.secrets"
    private static let bus = "org.freedesktop.DBus"

    /// As `callIfThere`, but the object must exist.
    func call(
        _ path: String, _ method: Method, _ arguments: [GLib.Value], returns type: String
    ) throws(SecretServiceError) -> Variant {
        guard let answer = try callIfThere(path, method, arguments, returns: type) else {
            throw .refused(reason: "the object is gone")
        }
        return answer
    }

    /// The error of a libsecret function that failed.
    func failure(_ error: ErrorPointer?) -> SecretServiceError {
        error == nil ? .malformed : BusFailure(library, taking: error).error(hasAnswered: hasAnswered)
    }
}

/// A method of an interface.
struct Method {
    let interface: String
    let name: String

    static func service(_ name: String) -> Method {
        Method(interface: "org.freedesktop.Secret.Service", name: name)
    }

    static func collection(_ name: String) -> Method {
        Method(interface: "org.freedesktop.Secret.Collection", name: name)
    }

    static func item(_ name: String) -> Method {
        Method(interface: "org.freedesktop.Secret.Item", name: name)
    }

    static func properties(_ name: String) -> Method {
        Method(interface: "org.freedesktop.DBus.Properties", name: name)
    }
}
