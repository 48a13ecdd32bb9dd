"""The demo city (示范市): its data as values, and made-up files as its departments would send them."""
