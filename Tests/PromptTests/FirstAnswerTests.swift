import Foundation
import Linux
import Prompt
import Secrets
import Testing

/// A place of the tests' own, which says what it was told to, one thing each time it is asked.
private final class Scripted: PromptChannel {
    enum Line {
        case code(String)
        case yes
        case no
        case error(PromptChannelError)
        case nothing
    }

    var lines: [Line]
    let failure: PromptChannelError?
    let onOpening: () -> Void
    private(set) var opened = 0
    private(set) var isOpen = false
    private(set) var refusals: [String] = []

    init(_ lines: [Line], failing failure: PromptChannelError? = nil, onOpening: @escaping () -> Void = {}) {
        self.lines = lines
        self.failure = failure
        self.onOpening = onOpening
    }

    func open(_ request: PromptRequest) throws(PromptChannelError) {
        opened += 1
        onOpening()
        if let failure { throw failure }
        isOpen = true
    }

    var descriptors: [Int32] { [] }
    var wakeup: Deadline? { lines.isEmpty ? nil : .now }

    func proceed() throws(PromptChannelError) -> PromptAnswer? {
        guard !lines.isEmpty else { return nil }
        switch lines.removeFirst() {
        case .code(let text):
            var code = SecretBytes(capacity: 64)
            code.append(text)
            return .code(code)
        case .yes: return .yes
        case .no: return .no
        case .error(let error): throw error
        case .nothing: return nil
        }
    }

    func reject(_ note: String, until moment: Deadline?) { refusals.append(note) }
    func withdraw() { isOpen = false }
}

extension SharedProcess {
    @Suite("A race of places")
    struct RaceTests {
        private let silent = Scripted([])

        private func run(
            _ channels: [any PromptChannel], _ kind: PromptRequest.Kind = .code, milliseconds: Int64 = 20_000,
            rejecting: (borrowing SecretBytes) -> CodeRejection? = { _ in nil }
        ) throws(PromptError) -> String {
            let reply = try firstAnswer(
                to: PromptRequest(kind, profile: "prod", device: nil, caller: nil), from: channels,
                until: .after(milliseconds: milliseconds), rejecting: rejecting)
            switch consume reply {
            case .code(let code): return text(code)
            case .yes: return "yes"
            case .no: return "no"
            }
        }

        @Test("the first whole answer wins, as six digits, and all are taken down")
        func first() throws {
            let winner = Scripted([.nothing, .code(" 123 456\r\n")])
            #expect(try run([silent, winner]) == "123456")
            #expect(!silent.isOpen && !winner.isOpen)
            #expect(silent.opened == 1 && winner.refusals.isEmpty)
        }

        @Test("what is not six digits is refused there, and the race goes on")
        func slips() throws {
            let wordy = Scripted(
                ["", "12345", "1234567", "12345a", "sudo rm", "١٢٣٤٥٦"].map { .code($0) } + [.code("654321")])
            #expect(try run([silent, wordy]) == "654321")
            #expect(wordy.refusals == Array(repeating: "six digits, please", count: 6))
            #expect(silent.refusals.isEmpty)
        }

        @Test("a code that is not taken is refused with its reason")
        func refused() throws {
            let twice = Scripted([.code("111 111"), .code("222222")])
            let answer = try run([twice]) { code in
                text(code) == "111111" ? CodeRejection("used already", until: .after(milliseconds: 1)) : nil
            }
            #expect(answer == "222222")
            #expect(twice.refusals == ["used already"])
        }

        @Test("an answer of the wrong kind is none")
        func kinds() throws {
            let confused = Scripted([.yes, .no, .code("123456")])
            #expect(try run([confused]) == "123456")
            #expect(confused.refusals.count == 2)
            for (line, answer) in [(Scripted.Line.yes, "yes"), (.no, "no")] {
                let other = Scripted([.code("123456"), line])
                #expect(try run([other], .confirmation) == answer)
                #expect(other.refusals == ["yes or no, please"])
            }
        }

        @Test("places that cannot be shown, or fail, leave the others in; without any, all reasons are given")
        func dropped() throws {
            let blind = Scripted([], failing: .unavailable("no display"))
            let broken = Scripted([], failing: .failed("broken"))
            let breaking = Scripted([.nothing, .error(.failed("broke"))])
            let good = Scripted([.nothing, .nothing, .nothing, .code("123456")])
            #expect(try run([blind, broken, breaking, good]) == "123456")
            #expect(!breaking.isOpen)
            breaking.lines = [.error(.unavailable("gone"))]
            #expect(throws: PromptError.nowhere(["no display", "broken", "gone"])) {
                try run([blind, broken, breaking])
            }
            #expect(!breaking.isOpen)
            #expect(throws: PromptError.nowhere([])) { try run([]) }
        }

        @Test("who sends it away speaks for all")
        func dismissed() {
            let other = Scripted([.nothing, .error(.dismissed)])
            #expect(throws: PromptError.dismissed) { try run([silent, other]) }
            #expect(!silent.isOpen && !other.isOpen)
            #expect(throws: PromptError.dismissed) { try run([silent, Scripted([], failing: .dismissed)]) }
            #expect(!silent.isOpen)
        }

        @Test("nobody is waited for past the deadline")
        func late() {
            #expect(throws: PromptError.timedOut) { try run([silent], milliseconds: 50) }
            #expect(!silent.isOpen)
        }

        @Test("after a signal that did not end the process, all is shown again")
        func signalled() throws {
            let ignored = IgnoredSignal(SIGHUP)
            defer { ignored.restore() }
            // A thread of the tests holds every signal back.
            let before = mask(SIG_UNBLOCK, [SIGHUP, SIGINT])
            defer { restore(before) }
            let other = Scripted([.code("123456")])
            var isFirst = true
            let first = Scripted([]) {
                if isFirst { pthread_kill(pthread_self(), SIGHUP) }
                isFirst = false
            }
            #expect(try run([first, other]) == "123456")
            #expect(first.opened == 2)
            // A signal was there already, so that it was not worth while.
            #expect(other.opened == 1)
            var held = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &held)
            #expect(sigismember(&held, SIGINT) == 0)
        }

        @Test("a signal that whoever started this process holds back is none of the race's business")
        func heldBefore() throws {
            let ignored = IgnoredSignal(SIGHUP)
            let before = mask(SIG_BLOCK, [SIGHUP])
            pthread_kill(pthread_self(), SIGHUP)
            let only = Scripted([.nothing, .code("123456")])
            #expect(try run([only]) == "123456")
            #expect(only.opened == 1)
            // Here it goes, ignored.
            restore(mask(SIG_UNBLOCK, [SIGHUP]))
            restore(before)
            ignored.restore()
        }

        private func mask(_ how: Int32, _ signals: [Int32]) -> sigset_t {
            var set = sigset_t()
            var before = sigset_t()
            sigemptyset(&set)
            for signal in signals { sigaddset(&set, signal) }
            pthread_sigmask(how, &set, &before)
            return before
        }

        private func restore(_ mask: sigset_t) {
            var mask = mask
            pthread_sigmask(SIG_SETMASK, &mask, nil)
        }
    }
}
