"""What makes a recording: plan, network, services, honest clients, attacks, capture, rules."""
