import CGLib
import Secrets
import Text

/// Secrets to and from the service, encrypted on the way.
extension SecretServiceClient {
    /// The secret of the item with exactly these attributes; nil if there is none. If the item goes away between being
    /// found and being read, the search is repeated.
    func secret(exactly query: Query) throws(SecretServiceError) -> SecretBytes? {
        var gone: [String] = []
        for _ in 0..<Self.attempts {
            // An item that is still found after it has gone will not be readable the next time either.
            guard let item = try item(exactly: query), !gone.contains(item) else { return nil }
            if let secret = try secret(of: item) { return secret }
            gone.append(item)
        }
        return nil
    }

    /// The secret of an unlocked item; nil if the item no longer exists.
    private func secret(of item: String) throws(SecretServiceError) -> SecretBytes? {
        let session = try session()
        let path = library.value(path: session.path)
        let answer = try bus.callIfThere(item, .item("GetSecret"), [path], returns: "((oayays))")
        guard let answer else { return nil }
        let value = answer[0].withRaw { library.secret.secret_service_decode_dbus_secret(session.client, $0) }
        guard let value else { throw .malformed }
        // libsecret wipes its copy.
        defer { library.secret.secret_value_unref(UnsafeMutableRawPointer(value)) }
        var count = 0
        let bytes = library.secret.secret_value_get(value, &count)
        guard count <= SecretService.secretLimit else { throw .malformed }
        return SecretBytes(copying: UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// Stores a secret in the default collection.
    func put(_ secret: Box<SecretBytes>, _ query: Query, label: String) throws(SecretServiceError) {
        let collection = try usableDefaultCollection()
        for _ in 1..<Self.attempts where try put(secret, query, in: collection, label: label) { return }
        guard try put(secret, query, in: collection, label: label) else {
            throw .refused(reason: "the item goes away while it is written")
        }
    }

    /// Whether the secret was stored: false if the item to be replaced went away meanwhile.
    private func put(
        _ secret: Box<SecretBytes>, _ query: Query, in collection: String, label: String
    ) throws(SecretServiceError) -> Bool {
        var (hits, items) = try present(query)
        let locked = hits.locked.filter { $0.begins(with: collection + "/") }
        if !locked.isEmpty {
            try unlock(locked)
            (hits, items) = try present(query)
        }
        // Each call consumes one value.
        let encoded = try encode(secret)
        if let item = items.first(where: { $0.begins(with: collection + "/") }) {
            return try replace(item, encoded, label: label)
        } else {
            // If other items have these attributes and more, the service might replace one of them.
            let mayReplace = hits.unlocked.isEmpty && hits.locked.isEmpty
            try create(in: collection, query, encoded, label: label, mayReplace: mayReplace)
            return true
        }
    }

    /// Removes all items with exactly these attributes; returns whether there was one.
    func remove(exactly query: Query) throws(SecretServiceError) -> Bool {
        var isRemoved = false
        for _ in 0..<Self.attempts {
            // A locked item may be one of them.
            let items = try items(exactly: query) { _ in false }
            var isMissed = false
            for item in items {
                guard let answer = try bus.callIfThere(item, .item("Delete"), [], returns: "(o)") else {
                    isMissed = true
                    continue
                }
                if answer[0].text != Self.none { _ = try prompt(answer[0].text) }
                isRemoved = true
            }
            if !isMissed { break }
        }
        return isRemoved
    }

    /// The default collection, unlocked, and created if it is missing.
    private func usableDefaultCollection() throws(SecretServiceError) -> String {
        if let collection = try defaultCollection() {
            if try isLocked(collection: collection) { try unlock([collection]) }
            return collection
        }
        guard areDialogsAllowed else { throw .noCollection }
        let label = library.value(any: library.value("Default keyring"))
        let properties = library.value(of: "{sv}", [("org.freedesktop.Secret.Collection.Label", label)])
        let arguments = [properties, library.value("default")]
        let answer = try bus.call(Self.path, .service("CreateCollection"), arguments, returns: "(oo)")
        return try made(answer[0].text, dialog: answer[1].text)
    }

    /// Whether the item still existed.
    private func replace(_ item: String, _ encoded: GLib.Value, label: String) throws(SecretServiceError) -> Bool {
        guard try bus.callIfThere(item, .item("SetSecret"), [encoded], returns: "()") != nil else { return false }
        let name = Method.item("Label")
        let arguments = [
            library.value(name.interface), library.value(name.name), library.value(any: library.value(label)),
        ]
        return try bus.callIfThere(item, .properties("Set"), arguments, returns: "()") != nil
    }

    private func create(
        in collection: String, _ query: Query, _ encoded: GLib.Value, label: String, mayReplace: Bool
    ) throws(SecretServiceError) {
        let properties = library.value(
            of: "{sv}",
            [
                ("org.freedesktop.Secret.Item.Label", library.value(any: library.value(label))),
                ("org.freedesktop.Secret.Item.Attributes", library.value(any: attributes(query))),
            ])
        let arguments = [properties, encoded, library.value(mayReplace)]
        let answer = try bus.call(collection, .collection("CreateItem"), arguments, returns: "(oo)")
        _ = try made(answer[0].text, dialog: answer[1].text)
    }

    /// The structure that carries a secret to the service.
    private func encode(_ secret: Box<SecretBytes>) throws(SecretServiceError) -> GLib.Value {
        let session = try session()
        let encoded = secret.value.withUnsafeBytes { bytes -> OpaquePointer? in
            // libsecret reads the bytes in place.
            let value = library.secret.secret_value_new_full(bytes.baseAddress, bytes.count, "text/plain", nil)
            guard let value else { return nil }
            defer { library.secret.secret_value_unref(UnsafeMutableRawPointer(value)) }
            return library.secret.secret_service_encode_dbus_secret(session.client, value)
        }
        guard let encoded else { throw .refused(reason: "libsecret did not encrypt the secret") }
        return encoded
    }

    /// An encrypted session.
    private func session() throws(SecretServiceError) -> (client: OpaquePointer, path: String) {
        let client = try libsecret()
        var error: ErrorPointer?
        guard library.secret.secret_service_ensure_session_sync(client, bus.cancellation, &error) != 0,
            let path = library.secret.secret_service_get_session_dbus_path(client),
            let algorithms = library.secret.secret_service_get_session_algorithms(client)
        else { throw bus.failure(error) }
        guard String(cString: algorithms) != "plain" else {
            throw .refused(reason: "the service takes no encrypted secrets")
        }
        return (client, String(cString: path))
    }
}
