import COpenSSL
import Glibc

/// A library context that has the algorithms of the warm path and no others: AES-256-GCM and SHA-256.
///
/// To fetch one algorithm, libcrypto builds the methods of all algorithms of its kind that the context's providers
/// have: some 130 ciphers for AES-256-GCM, half of what a warm answer cost. The one provider of this context passes on
/// the default provider's implementations of these two. See docs/decisions/few-algorithms.md.
enum FewAlgorithms {
    /// Where to fetch AES-256-GCM and SHA-256 from; nil, which is libcrypto's default context, if libcrypto restricts
    /// itself to FIPS algorithms, or if this context cannot be made.
    ///
    /// It is never freed: methods that were fetched from it refer to it.
    nonisolated(unsafe) static let context = makeContext()

    /// A table that ends with an empty entry.
    private typealias Algorithms = UnsafePointer<OSSL_ALGORITHM>

    /// What the provider passes on. libcrypto keeps pointers into it, so it is never freed.
    private struct Offer {
        let ciphers: Algorithms
        let digests: Algorithms
        let functions: UnsafePointer<OSSL_DISPATCH>
        /// What the implementations were made to run in.
        let providerContext: UnsafeMutableRawPointer
    }

    nonisolated(unsafe) private static let offer = makeOffer()

    private static func makeContext() -> OpaquePointer? {
        Library.start()
        // Some distributions switch FIPS on for every context of a process, by a flag of the kernel: which modules may
        // compute is libcrypto's to decide then.
        guard EVP_default_properties_is_fips_enabled(nil) == 0, offer != nil else { return nil }
        guard let context = OSSL_LIB_CTX_new() else { return nil }
        let isAdded = OSSL_PROVIDER_add_builtin(context, "warder") { _, _, functions, providerContext in
            guard let offer = FewAlgorithms.offer else { return 0 }
            functions?.pointee = offer.functions
            providerContext?.pointee = offer.providerContext
            return 1
        }
        guard isAdded == 1, OSSL_PROVIDER_load(context, "warder") != nil else {
            OSSL_LIB_CTX_free(context)
            return nil
        }
        return context
    }

    private static func makeOffer() -> Offer? {
        // The default context would load it too, at its first fetch.
        guard let provider = OSSL_PROVIDER_load(nil, "default"),
            let providerContext = OSSL_PROVIDER_get0_provider_ctx(provider),
            let ciphers = table(of: "AES-256-GCM", OSSL_OP_CIPHER, provider),
            let digests = table(of: "SHA2-256", OSSL_OP_DIGEST, provider)
        else { return nil }
        let query: @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafeMutablePointer<Int32>?) -> Algorithms? = {
            _, operation, _ in FewAlgorithms.algorithms(for: operation)
        }
        let functions = UnsafeMutablePointer<OSSL_DISPATCH>.allocate(capacity: 2)
        functions[0] = OSSL_DISPATCH(
            function_id: OSSL_FUNC_PROVIDER_QUERY_OPERATION,
            function: unsafeBitCast(query, to: (@convention(c) () -> Void).self))
        functions[1] = OSSL_DISPATCH(function_id: 0, function: nil)
        return Offer(
            ciphers: ciphers, digests: digests, functions: UnsafePointer(functions), providerContext: providerContext)
    }

    /// The provider's own entry for one algorithm, which is found by the first of its names.
    private static func table(of name: StaticString, _ operation: Int32, _ provider: OpaquePointer) -> Algorithms? {
        var isUncacheable: Int32 = 0
        guard var entry = OSSL_PROVIDER_query_operation(provider, operation, &isUncacheable) else { return nil }
        while let names = entry.pointee.algorithm_names {
            if isFirst(name, of: names) {
                let table = UnsafeMutablePointer<OSSL_ALGORITHM>.allocate(capacity: 2)
                table[0] = entry.pointee
                table[1] = OSSL_ALGORITHM()
                return UnsafePointer(table)
            }
            entry += 1
        }
        return nil
    }

    /// Whether `names`, joined by colons, begin with `name`.
    private static func isFirst(_ name: StaticString, of names: UnsafePointer<CChar>) -> Bool {
        let size = name.utf8CodeUnitCount
        let wanted = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        return strncmp(names, wanted, size) == 0 && (names[size] == 0 || names[size] == CChar(UInt8(ascii: ":")))
    }

    private static func algorithms(for operation: Int32) -> Algorithms? {
        switch operation {
        case OSSL_OP_CIPHER: offer?.ciphers
        case OSSL_OP_DIGEST: offer?.digests
        default: nil
        }
    }
}
