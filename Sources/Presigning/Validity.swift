/// How long a presigned URL is valid.
package struct Validity: Equatable, Sendable {
    /// The durations that S3 accepts, in seconds: 7 days at most.
    package static let durations = 1...604_800
    /// The duration if none is given, in seconds: that of the AWS CLI.
    package static let usual = 3600

    /// Seconds, within `durations`.
    package let seconds: Int
    /// Whether the session ends noticeably earlier than the URL should have. A session that was made for as long as the
    /// URL is some seconds older by the time that the URL is signed.
    package let isShortened: Bool

    /// What the user may lose without being told, in seconds.
    private static let slack = 60

    /// The duration for a URL that ends with its session: S3 refuses it from then on, whatever the URL says.
    ///
    /// - Parameters:
    ///   - wanted: seconds, within `durations`.
    ///   - secondsLeft: what the session has left; nil if it does not expire.
    package init(wanted: Int, secondsLeft: Int64?) throws(PresigningError) {
        if let secondsLeft, secondsLeft < min(wanted, Self.slack) { throw .expiring(secondsLeft: max(0, secondsLeft)) }
        seconds = secondsLeft.map { Int(min(Int64(wanted), $0)) } ?? wanted
        isShortened = wanted - seconds > Self.slack
    }
}
