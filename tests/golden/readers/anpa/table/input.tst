s0101-----
r s BC-RWB--CoastalLeague     06-01 
^BC-RWB--Coastal League Glance<
^Coastal League Glance=
^All Times EDT=
^By The Associated Press=
^NORTH DIVISION=
^ W  L  Pct  GB
Old Harbor 14  6  .700  _
Peles 11  9  .550  3{
	   ___=
^Saturday's Games=
	   Old Harbor 5, Peles 4
	   Peles (Martínez 3-1) at Old Harbor, 7:05 p.m.

	   AP-NY-06-01-19 2311EDT<


