import Secrets

/// A response with a JSON body, which closes the connection.
func reply(_ status: Int, _ body: borrowing SecretBytes) -> SecretBytes {
    var text = SecretBytes(capacity: 512 + body.count)
    text.append("HTTP/1.1 \(status) \(reason(status))\r\n")
    if status == 405 { text.append("Allow: GET\r\n") }
    text.append(
        """
        Content-Type: application/json\r
        Content-Length: \(body.count)\r
        Cache-Control: no-store\r
        X-Content-Type-Options: nosniff\r
        Connection: close\r
        \r

        """)
    text.append(body)
    return text
}

/// The response to a refused request, without details: anyone may have sent it.
func reply(_ denial: Denial) -> SecretBytes {
    let (code, message) =
        switch denial {
        case .malformed: ("BadRequest", "this is no request that is served here")
        case .unauthorized: ("Unauthorized", "the authorization token is missing or wrong")
        case .forbidden: ("Forbidden", "this is not served to you")
        case .unknownPath: ("NotFound", "there is nothing here")
        case .wrongMethod: ("MethodNotAllowed", "only GET is served")
        case .late: ("RequestTimeout", "the request took too long")
        case .tooLarge: ("HeadersTooLarge", "the request is too long")
        }
    var body = SecretBytes(capacity: 128)
    body.append("{\"code\":\"\(code)\",\"message\":\"\(message)\"}\n")
    return reply(denial.rawValue, body)
}

private func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 431: "Request Header Fields Too Large"
    default: "Service Unavailable"
    }
}
