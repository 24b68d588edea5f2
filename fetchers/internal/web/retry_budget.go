package web

// RetryBudget is for a provider that fails often and soon answers again, so
// that five attempts would fail many a walk of hundreds of requests: what
// repeating costs is counted for the whole walk. A walk of n answers repeats
// at most First + n x Earned times.
type RetryBudget struct {
	// First is how many repetitions a walk begins with: no more than that for
	// a provider that does not answer at all.
	First int
	// Earned is how many each answer adds.
	Earned int
	// Most is how many may be saved up.
	Most int
}

// Retries is what is left of a walk's budget. A walk asks one request after
// another: it is not for several goroutines.
type Retries struct {
	budget RetryBudget
	left   int
}

// Retries begins a walk's budget; nil where the API has none.
func (c *Client) Retries() *Retries {
	if c.api.RetryBudget == (RetryBudget{}) {
		return nil
	}
	return &Retries{budget: c.api.RetryBudget, left: c.api.RetryBudget.First}
}

// spend reports whether an attempt may be followed by another one.
func (r *Retries) spend(attempt int) bool {
	if r == nil {
		return attempt < maxAttempts
	}
	if r.left == 0 {
		return false
	}
	r.left--
	return true
}

// earn notes an answer.
func (r *Retries) earn() {
	if r != nil {
		r.left = max(r.left, min(r.left+r.budget.Earned, r.budget.Most))
	}
}
