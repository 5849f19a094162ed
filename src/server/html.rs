//! HTML that is escaped by construction: markup is part of the program, and everything else is text.

/// A piece of HTML.
#[derive(Clone, Debug, Default)]
pub struct Html(String);

impl Html {
    pub fn new() -> Self {
        Self::default()
    }

    /// Tags, as the program writes them.
    pub fn markup(mut self, markup: &'static str) -> Self {
        self.0.push_str(markup);
        self
    }

    /// Anything from outside: between tags, or within the quotes of an attribute.
    pub fn text(mut self, text: &str) -> Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    pub fn append(mut self, inner: Self) -> Self {
        self.0.push_str(&inner.0);
        self
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_a_tag_or_an_attribute() {
        let html = Html::new().markup("<p title=\"").text("\"'><b>&amp;").markup("\">");
        assert_eq!(html.into_string(), "<p title=\"&quot;&#39;&gt;&lt;b&gt;&amp;amp;\">");
    }
}
