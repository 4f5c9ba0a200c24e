"""Records of any source: parsed, cleaned, dated and made into a corpus."""
