import Secrets
import Testing

@testable import Serving
