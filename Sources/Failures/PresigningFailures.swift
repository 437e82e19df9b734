import Presigning
import STS
import Text

// Why there is no presigned URL, in the user's words.

extension Failure {
    package init(_ error: PresigningError) {
        switch error {
        case .notAnObject(let text):
            self.init(.usage, "\(shellWord(text)) does not begin with s3://", hint: "write it as s3://BUCKET/KEY")
        case .noBucket: self.init(.usage, "no bucket follows s3://", hint: "write it as s3://BUCKET/KEY")
        case .noKey(let bucket):
            self.init(
                .usage, "s3://\(bucket) names a bucket, not an object", hint: "write it as s3://\(bucket)/KEY")
        case .accessPoint:
            self.init(
                .usage, "this names an access point, not a bucket",
                hint: "give the bucket, or the access point's alias: s3://NAME-s3alias/KEY")
        case .directoryBucket(let bucket):
            self.init(
                .usage, "\(bucket) is a directory bucket, whose requests are signed with a session of its own",
                hint: "presign objects of general purpose buckets")
        case .badBucket(let bucket):
            self.init(
                .usage, "a bucket cannot be named \(shellWord(bucket))",
                hint: "its name has 3 to 63 characters: a-z, 0-9, dots and hyphens")
        case .capitals(let bucket):
            self.init(
                .usage, "a bucket's name has no capital letters, but \(bucket) does",
                hint: "did you mean s3://\(bucket.lowercased())/…? the key keeps its case")
        case .longKey(let bytes):
            self.init(
                .usage, "the key has \(bytes) bytes, but S3 allows 1024 at most", hint: "check what follows the bucket")
        case .unfit(let option, let method):
            self.init(.usage, "\(option) does not go with \(method)", hint: "see warder presign --help")
        case .badValue(let option):
            self.init(
                .usage, "the value of \(option) is empty, or has a character that S3 would refuse",
                hint: "see warder presign --help")
        case .expiring(let left):
            self.init(
                .other,
                left == 0
                    ? "the session has expired" : "the session ends in \(spoken(seconds: left)), too soon for a URL",
                hint: "--min-ttl 1h mints a new one, or says why that is not possible")
        case .signing(let error): self.init(STSError.signing(error), doing: "presign the URL")
        }
    }
}
