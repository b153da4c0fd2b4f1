//! Every rule, run over its own small lists.

/// A list and what the rule must find in it.
pub(super) struct Case {}
