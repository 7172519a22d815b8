"""Control flow: the graph of one function (`graph`), how it is built (`build`) and solved (`solve`)."""
