-- An answer in private to a comment may have been taken for a conversation of its own, when Meta told of it
-- before it said that it had it. That conversation ends when the two turn out to be one.
grant delete on meta_inbox.conversations to meta_inbox_tenant;
