//! Forms and uploads are shown as a reader wants them.
#![allow(clippy::unwrap_used, missing_docs)]

use linchpin_function::Request;

fn readable(kind: &str, body: &str) -> String {
    let request = Request {
        headers: [("content-type".to_owned(), kind.to_owned())].into(),
        body: Some(body.to_owned()),
        ..Request::default()
    };
    request.readable().unwrap()
}

#[test]
fn a_form_is_one_field_a_line() {
    let shown = readable(
        "application/x-www-form-urlencoded;charset=UTF-8",
        "mode=payment&line_items%5B0%5D%5Bquantity%5D=1&name=Zo%C3%AB+B",
    );
    assert_eq!(shown, "mode: payment\nline_items[0][quantity]: 1\nname: Zoë B");
}

#[test]
fn a_file_is_named_and_measured() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"parent\"\r\n\r\n12\r\n--b\r\nContent-Disposition: \
                form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\na,b\r\n--b--\r\n";
    assert_eq!(
        readable("multipart/form-data; boundary=b", body),
        "parent: 12\nfile: a.csv (text/csv, 3 bytes)"
    );
    let body = "--b\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{\"name\":\"a\"}\r\n--b\r\nContent-Type: \
                text/csv\r\n\r\na,b\r\n--b--\r\n";
    assert_eq!(
        readable("multipart/related; boundary=b", body),
        "{\"name\":\"a\"}\n3 bytes (text/csv)"
    );
    assert_eq!(readable("application/json", "{\"a\":1}"), "{\"a\":1}");
}
