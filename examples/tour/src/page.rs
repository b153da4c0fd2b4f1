//! A page: its title is the first line, a blank line parts paragraphs, and
//! `[name]` links to the page of that name.

/// What is written on one page.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// Name of its file, without the ending.
    pub name: String,
    title: String,
    paragraphs: Vec<String>,
}

impl Page {
    /// Reads a page; one without a title is refused.
    pub fn parse(name: &str, text: &str) -> Result<Page, String> {
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        if title.trim().is_empty() {
            return Err(format!("page `{name}` has no title"));
        }
        Ok(Page {
            name: name.to_owned(),
            title: title.trim().to_owned(),
            paragraphs: rest
                .split("\n\n")
                .map(|paragraph| paragraph.trim().replace('\n', " "))
                .filter(|paragraph| !paragraph.is_empty())
                .collect(),
        })
    }

    /// The page as HTML.
    pub fn html(&self) -> String {
        let body: String =
            self.paragraphs.iter().map(|text| format!("<p>{}</p>\n", linked(text))).collect();
        document(&self.title, &body)
    }
}

/// The page that lists all others.
pub fn index(pages: &[Page]) -> String {
    let items: String = pages
        .iter()
        .map(|page| format!("<li><a href=\"{}.html\">{}</a></li>\n", page.name, page.title))
        .collect();
    document("Almanac", &format!("<ul>\n{items}</ul>\n"))
}

fn document(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!("<!doctype html>\n<title>{title}</title>\n<h1>{title}</h1>\n{body}")
}

/// Text with its links; an opening bracket without a closing one is text.
fn linked(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((name, behind)) = after.split_once(']') else { break };
        html.push_str(&escaped(before));
        html.push_str(&format!("<a href=\"{name}.html\">{}</a>", escaped(name)));
        rest = behind;
    }
    html.push_str(&escaped(rest));
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_title_and_paragraphs() {
        let page = Page::parse("may", "May\n\nSow\nbeans.\n\nSee [june].\n").unwrap();
        assert_eq!(page.title, "May");
        assert_eq!(page.paragraphs, ["Sow beans.", "See [june]."]);
    }

    #[test]
    fn a_page_without_a_title_is_refused() {
        assert_eq!(Page::parse("x", "\ntext"), Err("page `x` has no title".to_owned()));
    }

    #[test]
    fn links_are_made_and_text_is_escaped() {
        assert_eq!(linked("a < b, [june] & c"), "a &lt; b, <a href=\"june.html\">june</a> &amp; c");
        assert_eq!(linked("open [ end"), "open [ end");
    }

    #[test]
    fn the_index_names_every_page() {
        let pages = ["may", "june"].map(|name| Page::parse(name, name).unwrap());
        let index = index(&pages);
        assert!(index.contains("<a href=\"may.html\">may</a>"), "{index}");
        assert!(index.contains("<a href=\"june.html\">june</a>"), "{index}");
    }
}
