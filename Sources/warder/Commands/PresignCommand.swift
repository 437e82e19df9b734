import Arguments
import Chains
import Failures
import Issuing
import Presigning
import Secrets
import Setup
import Text
import Times

struct Presign: Command {
    static let name = "presign"
    static let object = Operand("object", .text, "The object, as s3://BUCKET/KEY; the key byte for byte.")
    static let expires = Option(
        "expires", .text, "How long the URL is valid: 40m, 12h, 7d at most; 1h by default.", placeholder: "time")
    static let method = Option(
        "method", .words(ObjectRequest.Method.allCases.map(\.rawValue)),
        "\(alternatives(ObjectRequest.Method.allCases.map(\.rawValue))); GET by default.")
    static let contentType = Option(
        "content-type", .text, "The Content-Type that an upload must have (PUT).", placeholder: "type")
    static let version = Option("version-id", .text, "A version of the object (GET, HEAD, DELETE).", placeholder: "id")
    static let fileName = Option(
        "download-as", .text, "The name under which a browser saves it (GET, HEAD).", placeholder: "name")
    static let region = Option("region", .text, "The bucket's region, if it is not the profile's.")
    static var description: CommandDescription {
        CommandDescription(
            "Prints a URL with which anyone can get, or put, one S3 object.",
            """
            The URL expires with the session that signs it, at the latest. warder
            sends nothing to S3, and does not check whether the object exists.

            examples:
              warder presign prod s3://photos/2026/a.jpg
              warder presign prod s3://photos/a.jpg --expires 12h --min-ttl 12h
              warder presign prod s3://photos/a.jpg --download-as holiday.jpg
              warder presign prod s3://photos/new.jpg --method PUT

            exit codes: 1 the session is too short, 2 not an object, or over 7 days;
            for the rest, see warder --help
            """,
            [
                Shared.profile, object, expires, method, contentType, version, fileName, region, MinimumTime.option,
                Shared.mfaCode,
            ] + Shared.narrowing + [Shared.noPrompt])
    }

    let given: Given
    private var profile: String { given[Shared.profile] }

    func run() throws {
        let request = try request()
        let wanted = try validity()
        let context = try given.context()
        let minimum = try MinimumTime(given)
        if let minimum {
            try context.policy().refuse(sessionsLasting: minimum.seconds, instead: "a URL ends with its session")
        }
        let issuer = try Issuer(
            context, profile: profile, code: given.mfaCode, freshness: minimum.freshness, strict: minimum != nil,
            narrowing: given.narrowing(), givenOutBy: Self.name)
        // Before a prompt for a code that would be spent on nothing.
        let endpoint = try issuer.sessionMaker.s3Endpoint(region: given[Self.region])
        let credentials = try issuer.credentials()
        try minimum?.refuseShort(credentials, of: issuer.chain, instead: "ask for less")
        var url: SecretBytes
        let validity: Validity
        do throws(PresigningError) {
            validity = try Validity(wanted: wanted, secondsLeft: credentials.end.map { $0 - context.now })
            url = try PresignedURL.make(
                request, at: endpoint, signedBy: credentials, time: UnixTime(context.now + credentials.clockOffset),
                validity: validity)
        } catch { throw Failure(error) }
        url.append("\n")
        try printOut(url)
        if validity.isShortened, let end = credentials.end { warn(end, validity, wanted, minimum, issuer.chain) }
        warn(request.object)
        if given[Self.region] == nil, !endpoint.isCustom, !issuer.hasRegion {
            note("no region is set: the URL is for a bucket in \(endpoint.signingRegion); --region names another")
        }
    }

    // MARK: - What is asked for

    private func request() throws(Failure) -> ObjectRequest {
        guard argumentsAreUTF8() else {
            throw Failure(
                .usage, "an argument is not UTF-8, but object keys are",
                hint: "see its bytes: printf %s KEY | od -c")
        }
        let method = given[Self.method].flatMap(ObjectRequest.Method.init(rawValue:)) ?? .get
        do throws(PresigningError) {
            return try ObjectRequest(
                method, S3Object(given[Self.object]), contentType: given[Self.contentType],
                version: given[Self.version], fileName: given[Self.fileName])
        } catch { throw Failure(error) }
    }

    /// Seconds.
    private func validity() throws(Failure) -> Int {
        guard let text = given[Self.expires] else { return Validity.usual }
        return try seconds(
            ofDuration: text, in: Validity.durations, "a time that a URL can be valid for",
            hint: "write it as 40m or 12h, 7d at most"
        ) {
            Failure(.usage, $0, hint: $1)
        }
    }

    // MARK: - What the user should know

    private func warn(_ end: Int64, _ validity: Validity, _ wanted: Int, _ minimum: MinimumTime?, _ chain: Chain) {
        let remark = chain.sessionLimit.remark(wanting: Int64(wanted))
        let (left, wanted) = (spoken(seconds: Int64(validity.seconds)), spoken(seconds: Int64(wanted)))
        let end = UnixTime(end).iso8601
        let said = "the URL is valid for \(left), not \(wanted): the session of \(profile) ends at \(end)"
        let expires = given[Self.expires] ?? wanted
        let more = remark ?? "--min-ttl \(expires) mints a session that lasts, if the profile allows it"
        note(minimum == nil ? "\(said); \(more)" : said)
    }

    private func warn(_ object: S3Object) {
        guard object.hasDotSegment else { return }
        note("browsers resolve . and .. in a URL's path, and so does curl without --path-as-is")
    }
}

/// Swift replaces what is not UTF-8 in an argument: the URL would be another object's.
private func argumentsAreUTF8() -> Bool {
    (1..<max(1, Int(CommandLine.argc))).allSatisfy { index in
        guard let argument = CommandLine.unsafeArgv[index] else { return true }
        return String(validatingCString: argument) != nil
    }
}
