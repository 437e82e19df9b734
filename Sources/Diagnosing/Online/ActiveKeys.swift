import Failures
import Issuing
import STS
import Secrets
import Stores
import Text
import Vault

/// Whether AWS takes each stored key, and it is of the account that is noted. `sts:GetCallerIdentity` tells: no policy
/// can forbid it.
enum ActiveKeys: OnlineCheck {
    static func run(_ subject: OnlineSubject, _ diagnosis: inout Diagnosis) {
        var unchecked = Unchecked("key_unchecked", "the key", "the keys")
        for (name, profile) in subject.storedKeys {
            guard let keyName = KeyName(name) else { continue }
            guard !subject.time.isUp else {
                unchecked.addUntimely(name)
                continue
            }
            do throws(Failure) {
                try check(subject.keys.storedRecord(keyName), profile, subject, &unchecked, &diagnosis)
            } catch {
                guard error.code != .notFound else { continue }
                unchecked.add(name, prompting: error, subject.keys)
            }
        }
        unchecked.report(&diagnosis)
    }

    private static func check(
        _ record: borrowing AccessKeyRecord, _ profile: OnlineProfile, _ subject: OnlineSubject,
        _ unchecked: inout Unchecked, _ diagnosis: inout Diagnosis
    ) throws(Failure) {
        let summary = record.summary
        let name = summary.name.text
        let calls = try KeyCalls(subject.context, profile.chain)
        let key = Credentials(
            accessKeyID: summary.accessKeyID, secret: record.secret.copy(), sessionToken: nil, expiration: nil,
            accountID: nil)
        do throws(STSError) {
            let answer = try subject.time.measured { () throws(STSError) in
                try calls.sts { (client) throws(STSError) in try client.getCallerIdentity(signedBy: key) }
            }
            subject.users[name] = answer.result.arn
            diagnosis.add(
                Remark(
                    "key_accepted", "AWS accepted the key \(name) (\(answer.result.arn)) in \(answer.milliseconds) ms",
                    milliseconds: answer.milliseconds))
            if let account = summary.accountID, account != answer.result.account {
                diagnosis.add(otherAccount(name, noted: account, answer.result.account))
            }
        } catch {
            guard case .invalidKey(let refusal) = error else {
                let failure = Failure(error, doing: "identify the key \(name)")
                return unchecked.add(name, failure, subject)
            }
            subject.refusedKeys.insert(name)
            diagnosis.add(refused(summary, refusal, calls.sts))
        }
    }

    private static func refused(_ summary: AccessKeySummary, _ refusal: STSRefusal, _ endpoint: Endpoint) -> Finding {
        let name = summary.name.text
        let isSecretWrong = ["SignatureDoesNotMatch", "InvalidSignatureException"].contains(refusal.code)
        return Finding(
            isSecretWrong ? "key_secret_wrong" : "key_inactive", .broken,
            isSecretWrong
                ? "the secret that is stored as \(name) does not belong to \(summary.accessKeyID)"
                : "\(endpoint.url.hostHeader) rejects the key \(name) (\(summary.accessKeyID))",
            why: isSecretWrong
                ? "AWS refuses every request it signs"
                : "it was deactivated or deleted, or belongs to another partition",
            replacing(name))
    }

    private static func otherAccount(_ name: String, noted: String, _ account: String) -> Finding {
        Finding(
            "key_account", .broken, "the key \(name) belongs to account \(account), but warder has \(noted) on record",
            why: "programs are told the wrong account", replacing(name))
    }

    private static func replacing(_ name: String) -> Remedy {
        .run("warder add --replace \(operand(name))")
    }
}
