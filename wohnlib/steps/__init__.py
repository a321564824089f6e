"""The steps of the method: each takes inputs and scenario, calls the model, returns arrays with names."""
