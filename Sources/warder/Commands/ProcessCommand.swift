import Delivering
import Failures
import Issuing
import Secrets
import Setup

/// The main job: prints one JSON object to standard output, and nothing else.
///
/// - Parameter code: a one-time code from the command line.
func answerProcess(
    profile: String, code: String?, noPrompt: Bool, narrowing: Narrowing = .none
) throws(Failure) {
    let context = try Context(noPrompt: noPrompt, isHelper: true)
    do throws(Failure) {
        let credentials = try Issuer(
            context, profile: profile, code: code, narrowing: narrowing, givenOutBy: Process.name
        ).credentials()
        try printOut(try credentialJSON(credentials))
    } catch {
        context.notices.release()
        throw error
    }
}
