import CGLib

/// A received D-Bus value: a `GVariant`, to be read.
final class Variant {
    private let raw: OpaquePointer?
    private let library: GLib

    /// Takes ownership of a value that a function returned. The corresponding C function is `g_variant_take_ref`.
    init(_ library: GLib, owning raw: OpaquePointer?) {
        self.library = library
        self.raw = library.glib.g_variant_take_ref(raw)
    }

    deinit { library.glib.g_variant_unref(raw) }

    /// Lends it to a C function.
    func withRaw<R>(_ body: (OpaquePointer?) -> R) -> R {
        // Otherwise Swift could release it once `raw` has been read.
        withExtendedLifetime(self) { body(raw) }
    }

    /// Whether it has this type, in D-Bus notation.
    func isOf(type: String) -> Bool { withRaw { library.glib.g_variant_is_of_type($0, type) } != 0 }

    /// Its elements: those of a list, of a tuple, or of a key with its value.
    var children: [Variant] {
        (0..<withRaw { library.glib.g_variant_n_children($0) }).map { self[$0] }
    }

    /// An element of a tuple whose type is known.
    subscript(index: Int) -> Variant {
        Variant(library, owning: withRaw { library.glib.g_variant_get_child_value($0, index) })
    }

    /// The value inside a variant.
    var content: Variant { Variant(library, owning: withRaw { library.glib.g_variant_get_variant($0) }) }

    /// Text, or a path; "" for any other type.
    var text: String {
        guard isOf(type: "s") || isOf(type: "o") else { return "" }
        return withRaw { library.glib.g_variant_get_string($0, nil).map { String(cString: $0) } ?? "" }
    }

    /// The texts of a list.
    var texts: [String] { children.map { $0.text } }

    /// A boolean; nil for any other type.
    var truth: Bool? { isOf(type: "b") ? withRaw { library.glib.g_variant_get_boolean($0) } != 0 : nil }

    /// The texts by their keys; empty unless it is an `a{ss}`.
    var dictionary: [String: String] {
        guard isOf(type: "a{ss}") else { return [:] }
        return Dictionary(children.map { ($0[0].text, $0[1].text) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Makes values to send. Each is unowned until it becomes an element of another value or an argument of a call.
extension GLib {
    /// A value without an owner.
    typealias Value = OpaquePointer?

    /// Text, which must not contain NUL.
    func value(_ text: String) -> Value { glib.g_variant_new_string(text) }

    /// The path of an object, as the service returned it.
    func value(path: String) -> Value { glib.g_variant_new_object_path(path) }

    /// A boolean.
    func value(_ truth: Bool) -> Value { glib.g_variant_new_boolean(truth ? 1 : 0) }

    /// A variant that holds a value.
    func value(any value: Value) -> Value { glib.g_variant_new_variant(value) }

    /// The arguments of a call.
    func value(tuple children: [Value]) -> Value { glib.g_variant_new_tuple(children, children.count) }

    /// A list of paths.
    func value(paths: [String]) -> Value {
        glib.g_variant_new_array("o", paths.map { value(path: $0) }, paths.count)
    }

    /// Keys with values of one type, `{ss}` or `{sv}`.
    func value(of type: String, _ entries: [(String, Value)]) -> Value {
        let pairs = entries.map { glib.g_variant_new_dict_entry(value($0.0), $0.1) }
        return glib.g_variant_new_array(type, pairs, pairs.count)
    }
}
