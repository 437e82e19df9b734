import Arguments
import Failures
import Glibc
import Issuing
import Secrets
import Setup
import Text

struct ConsoleCommand: Command {
    static let name = "console"
    static let open = Flag("open", "Open it in the desktop's browser, instead of printing the URL.")
    static let browser = Option(
        "browser", .text, "Open it with this program.", placeholder: "command",
        details: "Its arguments may follow; %s stands for the address.")
    static let container = Flag("container", "Open it in a Firefox container named after the profile.")
    static let service = Option(
        "service", .text, "Go to the start page of a service: s3, ec2, iam.", placeholder: "name")
    static let page = Option("to", .text, "Go to this page of the console.", placeholder: "url")
    static let region = Option("region", .text, "Show this region, not the profile's.", placeholder: "region")
    static let duration = Option(
        "duration", .text, "How long the console session lasts: 1h, 8h; 12h at most.", placeholder: "time")
    static let minimum = Option(
        "min-ttl", .text, "Renew a session that has less left than this: 30m, 2h.", placeholder: "time")
    static let policy = Option(
        "policy", .file, "Narrow the session to this policy: a file, JSON, or an ARN.", placeholder: "policy")
    static let readOnly = Flag("read-only", "Narrow the session to AWS's ReadOnlyAccess.")
    static var description: CommandDescription {
        CommandDescription(
            "Signs in to the AWS console as a profile: prints the URL, or opens it.",
            """
            The URL works for 15 minutes, for anyone who has it. AWS accepts sessions
            of roles. A key without a role needs --policy or --read-only: it signs in
            as a federated user, who may do what both the policy and the key's IAM
            user allow.

            examples:
              warder console prod --open
              warder console prod --service s3 --region eu-west-1
              warder console prod --container --duration 8h
              warder console alice --policy arn:aws:iam::aws:policy/ReadOnlyAccess
            """,
            [
                Shared.profile, open, browser, container, service, page, region, duration, minimum, policy, readOnly,
                Shared.mfaCode, Shared.noPrompt,
            ])
    }

    let given: Given
    private var profile: String { given[Shared.profile] }

    func run() throws {
        let request = try request()
        let context = try given.context()
        let browser = try browser(context)
        let session = try ConsoleSession(context, request, givenOutBy: Self.name)
        var url = try session.loginURL()
        guard let browser else {
            url.append("\n")
            try printOut(url)
            if isatty(STDERR_FILENO) == 1 { note("anyone who opens this within 15 minutes is signed in as \(profile)") }
            return
        }
        try browser.open(url)
        note("\(profile): the console is opening in the browser")
    }

    private func browser(_ context: Context) throws(Failure) -> ConsoleBrowser? {
        let command = given[Self.browser]
        let usesContainer = given[Self.container]
        guard given[Self.open] || command != nil || usesContainer else { return nil }
        return try ConsoleBrowser(context, command: command, container: usesContainer ? profile : nil)
    }

    private func request() throws(Failure) -> ConsoleRequest {
        var request = ConsoleRequest(profile: profile)
        request.code = given.mfaCode
        request.page = try wantedPage()
        request.region = given[Self.region]
        request.policy = try wantedPolicy()
        if let text = given[Self.duration] {
            request.duration = try seconds(
                ofDuration: text, in: ConsoleRequest.durations, "a length of a console session",
                hint: "write it as 1h or 8h: 15m to 12h"
            ) { Failure(.usage, $0, hint: $1) }
        }
        if let text = given[Self.minimum] {
            let time = try seconds(
                ofDuration: text, in: 0...Int.max, "a length of time", hint: "write it as 30m or 2h"
            ) { Failure(.usage, $0, hint: $1) }
            request.minimum = Int64(time)
        }
        return request
    }

    private func wantedPage() throws(Failure) -> ConsolePage {
        switch (given[Self.service], given[Self.page]) {
        case (nil, nil): .start
        case (let service?, nil): .service(service)
        case (nil, let page?): .url(page)
        default: throw Failure(.usage, "--service and --to exclude one another", hint: "--to takes any page")
        }
    }

    private func wantedPolicy() throws(Failure) -> ConsolePolicy {
        switch (given[Self.readOnly], given[Self.policy]) {
        case (false, nil): .none
        case (true, nil): .readOnly
        case (false, let text?): .given(text)
        default:
            throw Failure(
                .usage, "--read-only and --policy exclude one another", hint: "two policies would allow more, not less")
        }
    }
}
