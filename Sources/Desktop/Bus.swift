import CGLib
import Linux

/// A connection to a message bus, and the calls over it. Used on one thread.
final class Bus {
    let library: Libsecret
    let connection: OpaquePointer
    /// The `GCancellable` that ends every wait.
    let cancellation: OpaquePointer?
    private var hasAnswered = false

    /// Connects.
    ///
    /// - Throws: `.noBus`, `.timedOut`.
    init(_ library: Libsecret, _ address: String, _ cancellation: OpaquePointer?) throws(SecretServiceError) {
        var error: ErrorPointer?
        // Not the connection that GLib shares: that one would end the process with the bus.
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
    /// - Returns: the answer, whose type is `type`; nil where there is no such object any more.
    func callIfThere(
        _ path: String, _ method: Method, _ arguments: [GLib.Value], returns type: String
    ) throws(SecretServiceError) -> Variant? {
        let tuple = Variant(library, owning: library.value(tuple: arguments))
        // Where many come and go at once, gnome-keyring may lose sight of one and say that it has no such method. Nothing
        // was done then, and with the next message it knows who asks.
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
        // Once it answered, another instance of the service would know nothing of our session.
        let flags = hasAnswered ? WARDER_G_DBUS_CALL_NO_AUTO_START : 0
        return arguments.withRaw { arguments in
            library.glib.g_dbus_connection_call_sync(
                connection, "org.freedesktop.secrets", path, method.interface, method.name, arguments, type,
                Int32(flags), .max, cancellation, &error)
        }
    }

    /// As above, where the object must be there.
    func call(
        _ path: String, _ method: Method, _ arguments: [GLib.Value], returns type: String
    ) throws(SecretServiceError) -> Variant {
        guard let answer = try callIfThere(path, method, arguments, returns: type) else {
            throw .refused(reason: "the object is gone")
        }
        return answer
    }

    /// The error of a function of libsecret, which did not succeed.
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
