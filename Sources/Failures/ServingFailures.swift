import Serving

extension Failure {
    package init(_ error: ServingError) {
        switch error {
        case .listening(let error), .waiting(let error):
            self.init(
                .other, "nothing can be served on 127.0.0.1: \(error.reason.lowercasedFirst)",
                hint: "try without --serve")
        }
    }
}
