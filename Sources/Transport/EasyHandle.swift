import CCurl
import Crypto
import Text

/// libcurl and one `CURL` handle.
struct EasyHandle: ~Copyable {
    private let curl: warder_curl
    private var raw: OpaquePointer

    init() throws(TransportError) {
        var curl = warder_curl()
        let (outcome, reason) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: WARDER_CURL_REASON_SIZE) {
            $0.initialize(repeating: 0)
            return (Int(warder_curl_open(&curl, $0.baseAddress)), $0.baseAddress.map { String(cString: $0) } ?? "")
        }
        switch outcome {
        case WARDER_CURL_OPENED: break
        case WARDER_CURL_MISSING: throw .libraryMissing
        case WARDER_CURL_UNLOADABLE: throw .libraryUnloadable(reason: printable(reason))
        default: throw .libraryUnusable
        }
        registerCertificateDigests()
        guard let raw = curl.easy_init() else { throw .libraryUnusable }
        self.curl = curl
        self.raw = raw
    }

    deinit { curl.easy_cleanup(raw) }

    /// Which library does TLS for libcurl.
    var backend: TLSBackend {
        TLSBackend(version: version?.pointee.tls.map { String(cString: $0) } ?? "")
    }

    /// Where libcurl looks for trusted certificates by default; nothing if it is too old to tell (7.70).
    var systemCertificates: SystemCertificates {
        guard let version, version.pointee.age >= WARDER_CURLVERSION_SEVENTH else { return SystemCertificates() }
        return SystemCertificates(
            file: version.pointee.ca_file.map { String(cString: $0) },
            folder: version.pointee.ca_folder.map { String(cString: $0) })
    }

    private var version: UnsafePointer<warder_curl_version>? {
        curl.version_info(Int32(WARDER_CURLVERSION_SEVENTH))
    }

    /// Resets the options to their defaults; connections stay open. The corresponding C function is `curl_easy_reset`.
    func reset() { curl.easy_reset(raw) }

    /// Replaces the handle by a new one with default options and without connections, so that no descriptor stays open;
    /// keeps the old one if that fails.
    mutating func renew() {
        guard let fresh = curl.easy_init() else { return }
        curl.easy_cleanup(raw)
        raw = fresh
    }

    /// Sets a number; returns whether this libcurl knows the option.
    @discardableResult
    func set(_ option: Int, _ value: Int) -> Bool {
        withUnsafePointer(to: curl) { warder_curl_set_number($0, raw, Int32(option), value) } == WARDER_CURLE_OK
    }

    /// Sets a string, which libcurl copies; returns whether this libcurl knows the option.
    @discardableResult
    func set(_ option: Int, _ value: String) -> Bool {
        value.withCString { set(option, pointer: $0) }
    }

    /// Sets a pointer, which must stay valid until the next `reset`, or point to a string, which libcurl copies.
    @discardableResult
    func set(_ option: Int, pointer: UnsafeRawPointer?) -> Bool {
        withUnsafePointer(to: curl) { warder_curl_set_pointer($0, raw, Int32(option), pointer) } == WARDER_CURLE_OK
    }

    /// Sets a function.
    func set(_ option: Int, callback: warder_curl_callback) {
        _ = withUnsafePointer(to: curl) { warder_curl_set_callback($0, raw, Int32(option), callback) }
    }

    /// Performs the transfer. The corresponding C function is `curl_easy_perform`.
    func perform() -> Outcome {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: WARDER_CURL_ERROR_SIZE) { text in
            text.initialize(repeating: 0)
            set(WARDER_CURLOPT_ERRORBUFFER, pointer: text.baseAddress)
            let code = curl.easy_perform(raw)
            set(WARDER_CURLOPT_ERRORBUFFER, pointer: nil)
            let detail = text.baseAddress.map { String(cString: $0) } ?? ""
            let reason = detail.isEmpty ? curl.easy_strerror(code).map { String(cString: $0) } ?? "" : detail
            return Outcome(
                code: Int(code), reason: printable(reason, limit: 300), status: number(WARDER_CURLINFO_RESPONSE_CODE),
                connectStatus: number(WARDER_CURLINFO_HTTP_CONNECTCODE),
                chainFault: number(WARDER_CURLINFO_SSL_VERIFYRESULT),
                sentBytes: number(WARDER_CURLINFO_REQUEST_SIZE))
        }
    }

    private func number(_ info: Int) -> Int {
        withUnsafePointer(to: curl) { warder_curl_number($0, raw, Int32(info)) }
    }
}

/// libcurl's report of a transfer.
struct Outcome {
    /// The `CURLcode`.
    let code: Int
    let reason: String
    /// The status of the response, 0 for none.
    let status: Int
    /// The status of a proxy's response to `CONNECT`, 0 for none.
    let connectStatus: Int
    /// What the TLS library found wrong with the host's chain of certificates, 0 for nothing.
    let chainFault: Int
    /// How many bytes of requests were passed to the kernel. A `CONNECT` may count too, so that only 0 is conclusive.
    let sentBytes: Int

    /// The host's certificates lead to none that is trusted, or one of them is bad. A name that does not match is
    /// another fault. The request was not sent.
    var hasUntrustedChain: Bool { code == WARDER_CURLE_PEER_FAILED_VERIFICATION && chainFault != 0 }

    /// Why there is no response; nil if there is one.
    func failure(host: String, caBundle: String?) -> TransportError? {
        switch code {
        case WARDER_CURLE_OK:
            return nil
        case WARDER_CURLE_COULDNT_RESOLVE_PROXY, WARDER_CURLE_COULDNT_RESOLVE_HOST, WARDER_CURLE_COULDNT_CONNECT:
            return proxyRefusal ?? .unreachable(host: host, reason: reason)
        case WARDER_CURLE_OPERATION_TIMEDOUT:
            return .timedOut(host: host, sent: sentBytes != 0)
        case WARDER_CURLE_SSL_CONNECT_ERROR, WARDER_CURLE_PEER_FAILED_VERIFICATION:
            return .tls(host: host, reason: reason, caBundle: caBundle)
        case WARDER_CURLE_OUT_OF_MEMORY:
            return .shortage(reason: reason, sent: sentBytes != 0)
        case WARDER_CURLE_SSL_CACERT_BADFILE:
            if let caBundle { return .unreadableCABundle(path: caBundle) }
            return .tls(host: host, reason: reason)
        default:
            return proxyRefusal ?? .interrupted(host: host, reason: reason, sent: sentBytes != 0)
        }
    }

    private var proxyRefusal: TransportError? {
        connectStatus >= 300 ? .proxyRefused(status: connectStatus) : nil
    }
}
