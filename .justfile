# Everything CI runs.
ready:
    cargo xtask ready

# The example, in the chat.
chat:
    cargo run -- examples/bookings
