import CCurl
import Linux
import Secrets

/// Sends requests with libcurl, one after another over one handle, so that two requests to the same host share a
/// connection.
///
/// It uses TLS 1.2 or later, no redirects, no cookies, no `.netrc`. libcurl takes proxies from the environment, but
/// requests to this host and to the metadata services never go through one. Opening libcurl removes `SSLKEYLOGFILE`
/// from the environment.
public final class CurlSender: HTTPSender {
    private let userAgent: String
    private let caBundle: String?
    private let certificates: SystemCertificates?
    private let connectTimeout: Int
    private var easy: EasyHandle
    /// Set at the first request over TLS.
    private var trust: Trust?

    /// Opens libcurl.
    ///
    /// - Parameters:
    ///   - userAgent: the product and its version, `warder/1.0`.
    ///   - caBundle: the certificates to trust instead of the system's: a PEM file, or a folder in which they have hashed
    ///     names.
    ///   - certificates: where the system's are, if not where libcurl looks by default.
    ///   - connectTimeout: milliseconds to establish a connection, including name resolution, proxy and TLS.
    /// - Throws: `.libraryMissing`, `.libraryUnusable`.
    public init(
        userAgent: String, caBundle: String? = nil, certificates: SystemCertificates? = nil, connectTimeout: Int = 3000
    ) throws(TransportError) {
        self.userAgent = userAgent
        self.caBundle = caBundle
        self.certificates = certificates
        self.connectTimeout = connectTimeout
        easy = try EasyHandle()
    }

    /// Sends a request and waits for the response.
    public func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        let host = request.url.host
        guard request.timeout > 0 else { throw .timedOut(host: host, sent: false) }
        let deadline = Deadline.after(milliseconds: Int64(request.timeout))
        let lines = try HeaderLines(request)
        if request.url.isSecure, trust == nil { trust = try makeTrust() }
        var receiver = Receiver()
        var outcome = attempt(request, timeout: request.timeout, lines, &receiver)
        // Without a handshake no request was sent, so that this sends none twice.
        if outcome.hasUntrustedChain, trust?.widen() == true {
            guard !deadline.hasPassed else { throw .timedOut(host: host, sent: false) }
            receiver = Receiver()
            outcome = attempt(request, timeout: Int(deadline.remaining), lines, &receiver)
        }

        if receiver.isTooLarge { throw .tooLarge(host: host) }
        if let failure = outcome.failure(host: host, caBundle: caBundle) { throw failure }
        if (300...399).contains(outcome.status) { throw .redirected(host: host, status: outcome.status) }
        return receiver.response(status: outcome.status)
    }

    /// Closes what libcurl keeps open between requests: connections, and its own descriptors.
    public func closeConnection() { easy.renew() }

    private func makeTrust() throws(TransportError) -> Trust {
        let backend = easy.backend
        if let caBundle { return try Trust(caBundle: caBundle, backend) }
        return Trust(certificates ?? easy.systemCertificates, backend)
    }

    private func attempt(
        _ request: borrowing HTTPRequest, timeout: Int, _ lines: borrowing HeaderLines, _ receiver: inout Receiver
    ) -> Outcome {
        easy.reset()
        setPolicy(for: request.url)
        setTarget(request, timeout: timeout)
        let outcome = perform(request, lines, &receiver)
        // Drops libcurl's pointers to what was lent to it.
        easy.reset()
        return outcome
    }

    /// The options of every request.
    private func setPolicy(for url: ServiceURL) {
        if !easy.set(WARDER_CURLOPT_PROTOCOLS_STR, url.isSecure ? "https" : "http") {
            // For libcurl before 7.85.
            easy.set(WARDER_CURLOPT_PROTOCOLS, url.isSecure ? WARDER_CURLPROTO_HTTPS : WARDER_CURLPROTO_HTTP)
        }
        easy.set(WARDER_CURLOPT_FOLLOWLOCATION, 0)
        easy.set(WARDER_CURLOPT_NOSIGNAL, 1)
        // Without it a hanging name server would delay the program's exit (option since 7.87).
        easy.set(WARDER_CURLOPT_QUICK_EXIT, 1)
        easy.set(WARDER_CURLOPT_PATH_AS_IS, 1)
        easy.set(WARDER_CURLOPT_HTTP_VERSION, WARDER_CURL_HTTP_VERSION_1_1)
        // A proxy receives none of our headers, and we receive none of its own.
        easy.set(WARDER_CURLOPT_HEADEROPT, WARDER_CURLHEADER_SEPARATE)
        easy.set(WARDER_CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        easy.set(WARDER_CURLOPT_USERAGENT, userAgent)
        if url.isLoopback || url.isMetadataAddress { easy.set(WARDER_CURLOPT_NOPROXY, "*") }
        guard url.isSecure else { return }
        easy.set(WARDER_CURLOPT_SSLVERSION, WARDER_CURL_SSLVERSION_TLSv1_2)
        setTrust()
    }

    private func setTrust() {
        switch trust?.place {
        case .file(let path):
            easy.set(WARDER_CURLOPT_CAINFO, path)
            easy.set(WARDER_CURLOPT_CAPATH, pointer: nil)
        case .folder(let path):
            easy.set(WARDER_CURLOPT_CAINFO, pointer: nil)
            easy.set(WARDER_CURLOPT_CAPATH, path)
        case .system(let certificates):
            if let file = certificates.file { easy.set(WARDER_CURLOPT_CAINFO, file) }
            if let folder = certificates.folder { easy.set(WARDER_CURLOPT_CAPATH, folder) }
        case nil: break
        }
    }

    /// The destination and the timeouts of this request.
    private func setTarget(_ request: borrowing HTTPRequest, timeout: Int) {
        easy.set(WARDER_CURLOPT_TIMEOUT_MS, timeout)
        easy.set(WARDER_CURLOPT_CONNECTTIMEOUT_MS, min(connectTimeout, timeout))
        easy.set(WARDER_CURLOPT_FRESH_CONNECT, request.isOnce ? 1 : 0)
        easy.set(WARDER_CURLOPT_CUSTOMREQUEST, request.method)
        var url = SecretBytes(capacity: 4096)
        url.append(request.url.text)
        switch request.query {
        case .some(let query):
            url.append("?")
            url.append(query)
        case .none: break
        }
        url.append(0)
        url.withUnsafeBytes { _ = easy.set(WARDER_CURLOPT_URL, pointer: $0.baseAddress) }
    }

    /// Lends libcurl the buffers of the request and the response, and performs the transfer.
    private func perform(
        _ request: borrowing HTTPRequest, _ lines: borrowing HeaderLines, _ receiver: inout Receiver
    ) -> Outcome {
        withUnsafeMutablePointer(to: &receiver) { receiver in
            easy.set(WARDER_CURLOPT_WRITEDATA, pointer: receiver)
            easy.set(WARDER_CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
                guard let receiver = context?.assumingMemoryBound(to: Receiver.self) else { return 0 }
                return receiver.pointee.take(body: piece) ? piece.count : 0
            }
            easy.set(WARDER_CURLOPT_HEADERDATA, pointer: receiver)
            easy.set(WARDER_CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                guard let receiver = context?.assumingMemoryBound(to: Receiver.self) else { return 0 }
                return receiver.pointee.take(header: line) ? line.count : 0
            }
            return lines.withList { list in
                easy.set(WARDER_CURLOPT_HTTPHEADER, pointer: list)
                switch request.body {
                case .some(let body):
                    return body.withUnsafeBytes { bytes in
                        easy.set(WARDER_CURLOPT_POSTFIELDSIZE, bytes.count)
                        easy.set(WARDER_CURLOPT_POSTFIELDS, pointer: bytes.baseAddress)
                        return easy.perform()
                    }
                case .none: return easy.perform()
                }
            }
        }
    }
}
