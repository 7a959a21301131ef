W3310asian
r i BC-AF--SaltLakes   05-19 0702
^BC-AF--Salt Lakes,318<
^Salt lakes shrink for third year running<
^AP Photo NAI201, NAI202<
^Eds: With AP Photos.<
^By AMINA KORO and JOHN TELL=
^Associated Press=
	   LODWAR, Kenya (AP) _ The lakes that fed Lodwar's salt trade for two centuries have shrunk again, traders said Monday.
 
	   W3310asian
r i BC-AF--SaltLakes   05-19 0702
^BC-AF--Salt Lakes,318<
^Salt lakes shrink for third year running<
^AP Photo NAI201, NAI202<
^Eds: With AP Photos.<
^By AMINA KORO and JOHN TELL=
^Associated Press=
	   LODWAR, Kenya (AP) _ The lakes that fed Lodwar's salt trade for two centuries have shrunk again, traders said Monday.
 
	   ``My father walked an hour to the water. I walk a day,'' said Esinyen Lokwang, a trader.
 
	   ___
 
	   Tell reported from Nairobi.
 

	   AP-WF-05-19-14 1610GMT<


